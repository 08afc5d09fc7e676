"""What attacks on a tagger are worded like, in several languages; and text as a reader sees it."""

from __future__ import annotations

import re
import unicodedata

LIKE_LATIN = str.maketrans("абвгеіјкмнорсѕтухԁһԛԝαβεηικνορτυχ0134578@$", "abbreijkmhopcstyxdhqwabenikvoptuxoieastbas")
"""Letters that look like Latin ones, and figures written for letters; only to recognise words, never to change them."""

MARKS = frozenset(map(chr, range(0x300, 0x370)))
"""Strokes and accents over Latin letters; other scripts need theirs."""

TAG_LETTERS = range(0xE0020, 0xE007F)
SPACED = re.compile(r"\b(?:\w[ .*_-]){4,}\w\b")

ORDER = (
    r"(?:ignor\w*|disregard|forget|overrid\w+|bypass|discard)\b.{0,40}\b"
    r"(?:instruct\w*|rules?|guidelines?|prompts?|you were told|above|everything|directions|the customer)"
)
OTHER_LANGUAGES = (
    r"(?:ignorier\w*|vergiss|missachte\w*)\b.{0,40}(?:anweisung|oben|regel|vorgabe|befehl)",
    r"(?:ignore[zr]?|oublie[zr]?)\b.{0,40}(?:instruction|consigne|ci-dessus|règle|regle)",
    r"(?:ignor[ae]\w*|olvid[ae]\w*|descart[ae]\w*)\b.{0,40}(?:instruccion|anterior|dijeron|arriba|reglas)",
    r"(?:ignor[ai]\w*|dimentica\w*)\b.{0,40}(?:istruzion|precedent|regole|sopra)",
    r"(?:ignor[ae]\w*|esque[cç]a\w*)\b.{0,40}(?:instru[cç]|anterior|regras|acima)",
    r"(?:negeer|vergeet)\b.{0,40}(?:instructies|eerdere|hierboven|regels)",
    r"(?:zignoruj\w*|zapomnij\w*)\b.{0,40}(?:instrukc|poprzedni|powyższ|powyzsz|zasad)",
    r"(?:игнорируй\w*|забудь\w*|проигнорируй\w*)\b.{0,40}(?:инструкц|предыдущ|выше|правил)",
    r"(?:önceki|onceki|yukarıdaki|yukaridaki)\b.{0,40}(?:talimat|kural|komut)\w*",
    r"(?:忽略|无视|忘记|不要理会).{0,12}(?:指令|指示|说明|规则|以上|之前)",
    r"(?:指示|命令|ルール).{0,12}(?:無視|忘れ)",
    r"(?:تجاهل|انس).{0,40}(?:التعليمات|السابقة|القواعد)",
    r"(?:निर्देश|आदेश|नियम).{0,30}(?:अनदेखा|नज़रअंदाज़|भूल)",
    r"(?:무시|잊어).{0,20}(?:지시|명령|규칙)|(?:지시|명령|규칙).{0,12}(?:무시|잊)",
    r"(?:ignorera|glöm)\b.{0,40}(?:instruktion|ovan|regler|tidigare)",
)
STRONG = (
    ("order", ORDER),
    *(("order", pattern) for pattern in OTHER_LANGUAGES),
    (
        "order",
        r"\bnew (?:instructions?|task)\b|\byour (?:new )?task is\b|\bstop reading here\b|\bdecode and (?:obey|follow)",
    ),
    (
        "order",
        r"\bfrom now on,? you (?:must|will|shall|are|answer|only)|\byou (?:now|must) (?:answer|respond|classify|tag)\b",
    ),
    ("order", r"\brepeat after me\b|\bend of (?:data|input|transcript|prompt)\b|\btranscript is over\b"),
    (
        "order",
        r"\binstructions? to the (?:model|classifier|tagger|ai|bot)\b|\b(?:system|developer) (?:prompt|message|note)\b",
    ),
    ("role", r"\b(?:developer|maintenance|admin|god|debug) mode\b|\bpretend (?:that )?you(?:'re| are)\b|\blabelbot\b"),
    ("role", r"\byou are (?:now )?(?:a|an|the) (?:classifier|tagger|language model|assistant|labell?er|ai)\b"),
    (
        "role",
        r"\bimagine the customer\b|\b(?:administrator|developers?|owner) of this (?:tagger|classifier|model|system)\b",
    ),
    ("role", r"\bthis is an order from\b|\ba note for the (?:classifier|tagger|model|ai)\b|\blet us play a game\b"),
    (
        "role",
        r"\b(?:word|label) (?:that )?i gave you\b|\bas the (?:category|label|tag) of this (?:contact|chat|call)\b",
    ),
    ("turn", r"<\|[^|]{0,40}\|>|\[/?inst\]|<</?sys>>|</?s>|^\W*#+\s*(?:system|instruction|assistant|response)\b"),
    ("turn", r"^\W*\[?(?:system|assistant|developer)(?: message)?\]?\s*[:>\]]"),
    ("answer", r"[\"'](?:label|step|outcome|evidence|novelty|confidence|arguments)[\"']\s*:"),
    ("answer", r"\b(?:function_call|set_label|tag_contact)\b|\bupdate\s+\w+\s+set\b|\{\{.{0,80}\}\}|\$\{.{0,80}\}"),
    ("markup", r"</?(?:script|system|label|img|hidden|iframe|svg|style|object|transcript|instruction)\b[^>]{0,300}>?"),
    ("markup", r"<!--.{0,300}-->|!\[[^\]]{0,80}\]\(|-{4,}\s*(?:end|begin)\b"),
    ("statement", r"\b(?:minimi[sz]e|maximi[sz]e|increase|reduce) the (?:time|likelihood|effort|number|variability)\b"),
)
"""What no customer writes to a service, whatever they want."""

NEAR_NAME = re.compile(
    r"\b(?:tag\w{0,4}|label\w{0,4}|classif\w*|categor\w*|marked|mark (?:this|it)|(?:file|put) (?:it|this) (?:in|under)|"
    r"(?:step|outcome|topic|subject)s?\s*(?:[:=]|is\b|should\b)|keywords?|settled|etikett\w*|kategor\w*|étiquet\w*|etiquet\w*|etichett\w*|"
    r"clasif\w*|oznacz|imagine)(?!\w)|#|标记|分类|分類|صنّف|отметь|चिह्नित|etiketle"
)
"""Words that make a label's name an order: a name such as "return an item" is also what customers say."""

NEAR_ID = re.compile(
    NEAR_NAME.pattern
    + r"|\b(?:mark|file|put|assign|output|return|answer|respond|choose|use|confirmed|verified|authori[sz]e|decided|"
    r"mandatory|remember|spell|translate|ordne|classe|classez)\b|=>|->|="
)
"""Words that make a label's id an order."""

PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE | re.MULTILINE)) for kind, pattern in STRONG)
STEMS = (
    "ignor", "disregard", "forget", "overrid", "bypass", "discard", "vergiss", "missacht", "oubli", "olvid", "descart",
    "dimentic", "esquec", "esqueç", "negeer", "vergeet", "zapomnij", "игнор", "забудь", "önceki", "onceki", "yukar",
    "忽略", "无视", "忘", "不要理会", "無視", "تجاهل", "انس", "अनदेखा", "नज़रअंदाज़", "भूल", "무시", "잊", "glöm",
    "new instruction", "new task", "task is", "stop reading", "decode", "from now on", "you now", "you must", "repeat",
    "end of", "transcript", "instruction", "prompt", "developer", "system", "mode", "pretend", "labelbot", "you are",
    "imagine", "this is an order", "a note for", "let us play", "i gave you", "as the ", "<", "[inst]", "[/inst]",
    "###", "assistant", "label", "step", "outcome", "evidence", "novelty", "confidence", "arguments", "function_call",
    "tag_contact", "update", "{{", "${", "![", "----", "minimi", "maximi", "increase the", "reduce the", "# ",
)  # fmt: skip
"""At least one of these is in whatever a pattern finds: looking for them first is a hundred times faster."""

TURNED_STEMS = ("vtaber", "qvfertneq", "sbetrg", "bireevqr", "olcnff", "qvfpneq")
TURNED = re.compile(ORDER.replace(".{0,40}", ".{0,20}"), re.IGNORECASE)
"""To be looked for in text whose letters were moved by thirteen."""

LONGEST_WORD = 24
ENCODED = re.compile(r"(?<![\w+/=])(?:[A-Za-z0-9+/]{24,}={0,2}|(?:[0-9a-fA-F]{2}){16,})(?![\w+/=])")


def as_read(text: str) -> str:
    """The text as it looks, in small letters: one form of each letter, nothing invisible, no blanks inside words."""
    if text.isascii():
        plain = text.lower()
    else:
        shown = "".join(chr(ord(c) - 0xE0000) if ord(c) in TAG_LETTERS else c for c in text)
        kept = "".join(
            c for c in unicodedata.normalize("NFKD", shown) if c not in MARKS and unicodedata.category(c) != "Cf"
        )
        plain = unicodedata.normalize("NFC", kept).lower()
    return SPACED.sub(lambda found: re.sub(r"[ .*_-]", "", found[0]), plain)


def as_latin(text: str) -> str:
    """Words that mix alphabets, or letters and figures, as the Latin words that they look like."""
    return text.translate(LIKE_LATIN)
