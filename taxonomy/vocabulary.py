"""The words that the outcome-statement grammar knows. Phrases are written with spaces, also for hyphens."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(phrase.split()) for phrase in text.split(",") if phrase.strip())


DIRECTIONS = _words("minimize minimise reduce increase maximize maximise")
PREFERRED_DIRECTIONS = _words("minimize minimise")
DIRECTION_GERUNDS = _words("minimizing minimising reducing increasing maximizing maximising")

METRICS = _words(
    "time times likelihood effort number numbers frequency amount amounts cost costs risk risks variability "
    "confidence handoff handoffs handover handovers error errors step steps"
)
OTHER_METRICS = _words(
    "probability chance chances delay delays duration accuracy speed certainty uncertainty variation predictability "
    "share quantity"
)
MEASURED_IN_CLAUSES = _words("likelihood risk probability chance chances confidence certainty")
"""Metrics that take a clause ("likelihood that ..."), by which a second metric is known deep in a statement."""

METRIC_FRAMES = _words("level levels degree extent")
"""Words that may stand before "of" and the metric: "the level of effort"."""

HEAD_ENDS = _words(
    "it i we you they that which who whose to of in on at by with without from for about over between into when while "
    "during after before whenever until if whether takes needed required spent"
)
SCAFFOLD = HEAD_ENDS | _words("the a an my your their its this these those is are be being takes total overall")

CONTEXT_STARTS = _words("when while during after before whenever once until unless if")

CONJUNCTIONS = _words("and or nor but &")
PARTICLES = _words("out up off back away down")
FIXED_PAIRS = _phrases(
    "terms and conditions, whether or not, more or less, back and forth, and so on, again and again, "
    "profit and loss, lost and found, one or more, two or more, three or more"
)

SOLUTIONS = _phrases(
    "app, apps, mobile application, portal, portals, website, websites, web site, webpage, web page, web, homepage, "
    "chatbot, chatbots, bot, bots, chat, chats, livechat, e mail, e mails, email, emails, sms, text message, "
    "text messages, ivr, phone call, phone calls, by phone, over the phone, telephone, hotline, helpline, call center, "
    "call centre, contact center, contact centre, online, in app, self service, dashboard, dashboards, button, "
    "buttons, drop down, dropdown, menu option, web form, online form, faq, faqs, help page, help center, help centre, "
    "knowledge base, login, api, apis, ai, artificial intelligence, machine learning, algorithm, blockchain, software, "
    "digital platform, database, crm, plugin, plug in, widget, browser, qr code, qr codes, bluetooth, smartphone, "
    "push notification, push notifications, popup, pop up, wizard, feature, features, functionality, user interface, "
    "interface, voice assistant, virtual assistant, google, apple pay, google pay, iphone, ipad, android, ios, amazon, "
    "paypal, mastercard, visa card, whatsapp, facebook, instagram, twitter, tiktok, youtube, microsoft, zendesk, "
    "salesforce, alexa, siri, uber, netflix, klarna, chatgpt"
)

VAGUE = _phrases(
    "easy, easily, easier, easiest, ease, better, best, simple, simply, simpler, simplest, reliable, reliably, good, "
    "fast, faster, fastest, quick, quicker, quickest, quickly, seamless, seamlessly, user friendly, friendly, "
    "convenient, conveniently, smooth, smoothly, intuitive, intuitively, hassle free, frictionless, effortless, "
    "effortlessly, efficient, efficiently, effective, effectively, great, nice, excellent, superior, optimal, robust, "
    "flexible, modern, satisfactory, reasonable, high quality, world class, state of the art, as soon as possible, asap"
)

NEGATIONS = _words("not no never cannot none nor neither nothing nobody nowhere cant dont wont isnt doesnt didnt")

COMPANY_WORDS = _phrases(
    "agent, agents, representative, representatives, advisor, advisors, ticket, tickets, handle time, handling time, "
    "call volume, contact volume, containment, deflection, backlog, escalation, escalations, sla, churn, revenue, "
    "conversion, upsell, csat, nps, our, we, us, the customer, customers, the company, the user, users"
)

EMOTIONS = _words(
    "feel feels feeling happy happiness delight delighted frustrated frustrating frustration anxious anxiety worry "
    "worried worries stress stressed stressful annoyed annoying annoyance afraid fear proud embarrassed "
    "embarrassment enjoy enjoyment love joy upset angry relaxed reassured satisfied satisfaction pleased"
)

VERBS = _words(
    "accept achieve acquire activate adapt add adjust agree allow apply arrange arrive ascertain assess assign assure "
    "attach avoid become begin bring build buy calculate cancel carry choose close collect communicate compare "
    "complete comply configure confirm connect consider consume correct create decide define deliver deposit detect "
    "determine develop discard discover discuss dispose dispute distinguish divide do download eliminate enroll ensure "
    "enter establish estimate evaluate exclude execute explain express extend find finish follow get give go handle "
    "hear identify implement improve include inform insert inspect install integrate interpret invite join keep know "
    "learn leave locate lose maintain make manage meet modify monitor notify obtain open organize pack pay perform "
    "prepare prevent prioritize process produce protect prove provide publish purchase put raise reach read realize "
    "receive recognize recognise recover redeem reduce regain register reject remember remove renew reopen repair "
    "replace reschedule resolve restore resume retrieve revise secure see select sell send separate share ship sort "
    "speak specify submit succeed take tell transmit understand undo unlock upload use validate verify withdraw "
    "weigh write"
)
"""Base forms that are seldom nouns in an outcome statement."""

NOUN_VERBS = _words(
    "access account address answer balance bill block book call change charge check claim code contact cost cover "
    "credit debit demand display email end exchange file fit fix fund group guess help hold insure issue label list "
    "load map mark match measure move name need offer order pause pick place plan post price promise question quote "
    "rate record refund release report request reserve reset return review reward save schedule search set settle "
    "shop sign start state stop store supply support switch talk test time top track trade transfer travel trust "
    "turn update visit wait wish work"
)
"""Words that are verbs or nouns; a neighbour decides."""

FINITE = _words(
    "is are was were has have had will would can could may might must should does did gets got becomes became isn't "
    "aren't wasn't hasn't cannot goes went comes came costs lapses arrives fails stalls expires breaks bounces "
    "disappears happens occurs remains appears seems differs matches works stops stays lasts ends starts begins "
    "exceeds depends contains includes shows requires needs wants takes gives makes leads falls rises turns"
)

DETERMINERS = _words("the a an my your his her our their its this that these those it them me him each every any all")
QUESTION_WORDS = _words("what when where which who whom whose why how whether that if")
PREPOSITIONS = _words(
    "to of in on at by with without from for about over under between into onto through across during after before as"
)
GERUND_LEADS = _words("of for in by from about while before after when without than on")
NOUN_INGS = _words(
    "pricing shipping timing billing spending clothing banking opening meeting booking listing setting packaging "
    "parking training rating saving building planning housing funding lending rounding heading warning reading "
    "beginning ending wording evening morning string ring king thing something anything nothing everything spring"
)
ADVERBS = _words("then also even again still therefore afterwards later subsequently only both either just")
NOT_ADVERBS = _words("supply apply reply comply rely family daily weekly monthly yearly hourly early multiply anomaly")
