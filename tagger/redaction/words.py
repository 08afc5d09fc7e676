"""Words that are not names, though they stand where a name could stand."""

from __future__ import annotations

from tagger.redaction.wording import words

_TEXT = """
a about above absurd account active actually address after afternoon again against agent ago agreed ah all almost
alone already alright also although always am amazing amazon america american among an and android angry annoyed
annoying another any anybody anymore anyone anything anyway apologies appear appearing appears apple appreciate
april are around as asap ask asking at attached august available away awesome back bad balance bank based be because
been before being believe below best better between big bill billing birth black blue booking both british bronze
brown bullshit busy but buy buyer by bye call called caller calling can canada canadian cancel cannot card care cash
certain certainly change chat check checking checkout cheers christmas city claim clear client clothes code come
coming company complete completely concerned concerning confirm confirmation confirmed confused congratulations
contact contacting cool correct correction correctly could coupon crazy credit currently customer daily date day
days dear debit december defective definitely delivery department dhl did different difficult disappointed discount
do dob does doing done dont down dr due during each early easter either else email emails employee end english enjoy
enough enquiring error etc european even evening ever every everybody everyone everyones everything exactly
excellent expecting extra facebook fantastic far february fedex few final fine first flight folks following for
forgot four free french friday friend from frustrated frustrating full fully fun further general german get getting
give given glad go going gold gone gonna good goodbye google got gotcha great green grey group guest guys had haha
hai happening happy hard has have having he hello help helpful her here hey hi him his hmm hold home hope hoping
horrible how however huh hungry i id if ill im immediately in incorrect incorrectly india indian info information
inquiring insane instagram instead interested into invalid iphone is issue it item items its ive jacket january
jeans july june just kind kindly know ladies last late later least leave left less let like line linked listed
little location log logged login lol london long looking lost lot love lovely maam madam made mail make manager many
march married mastercard may maybe me mean meant member membership men mentioned message method mine minute minutes
miss missing misspelled mobile moment monday money more morning most mr mrs ms much must mx my name named near need
needing neither netflix never new next nice night no nobody none nope nor not noted nothing nothings november now
number october odd of off oh ok okay old on once one online only open or order ordered ordering other our out
outstanding over overdue own paid partner pass password payment paypal pending people perfect perfectly perhaps
person phone pin placed platinum please pleased pls plz policy possible premium previous price printed probably
problem product prof profile programmed promo purchase question questions quick quite rather ready real really
reason received red refund regarding regards registered required reset resolved returned returning ridiculous right
sad same sat saturday saved saying says second secure security see seeing seem send sent september service sharp she
shipping shirt shortly should showing shown silver simple since single sir sirs six size so sold some somebody
someone something soon sorry spam spanish speaking spell spelled spelling ssn standard start status stay still stock
stop store strange street stuck stupid such sunday super support supposed sure system tag take taken talk team tell
ten terrible texting than thank thankful thanks that thats the their them then there these they thing think third
this those though three thrilled through thursday thx tickets tired to today together told tomorrow tonight too
totally town tracking transaction transferred tried trouble true trying tuesday two type uber uh uk um unable under
understood unfortunately unhappy unknown unsure until up update updated ups upset urgent us usa use user username
using usps usually valid verified very via visa wait waiting wanna want wanted wanting was watch way we website
wednesday week weeks weird welcome well went were what whats whatsapp when where whether which while white who whole
whose why will willing windows with within without women wonderful wondering work working worried would wow writing
written wrong wrongly yea yeah year years yep yes yesterday yet you your yours yourself yup zip
wifi insurance renter renters auto basic preferred whole life petcare irish welsh
"""

NOT_NAMES: frozenset[str] = frozenset(_TEXT.split())
"""Lower case, without apostrophes. A name that is also one of these (May, Will) is found only inside a longer one."""

_VERBS = """
said says told tell asked ask tells gave give gives came comes went goes goes got gets took takes sent sends put puts
let lets made makes kept keeps left leaves found finds knew knows thought thinks felt feels saw sees heard hears spoke
speaks wrote writes read reads paid pays bought buys sold sells lost loses won broke breaks hung hangs picked picks
rang rings phones phoned text texts signed signs used uses does did has had was were wasnt isnt doesnt didnt wont cant
couldnt wouldnt hasnt said who whom whose which that what when where why how because so then than though although while
since until before after again also too still just only even ever never always maybe perhaps really actually today
tomorrow yesterday tonight here there now later earlier ago soon and but nor yet for from with without about into onto
over under up down out off on in at to by of as if is are am be been being plus minus not dont she he they we you it
her his him them their our your its my me mine yours hers theirs ours mr mrs ms sir madam mam please thanks thank okay
yes yeah no nope sure right fine good great well bad nice help helps helping calls call mail mails account number phone
email address card order booking the a an this these those some any each every all both either neither other another
same such more most less least very much many few first second third last next one two three four five six seven eight
nine ten times time day days week weeks month months year years hour hours minute minutes name names date birth zip
code city state country street road may might must can could will would shall should pin plan policy claim bank team
department office desk store shop branch company website app online chat line agent manager customer service support
room flight hotel seat ticket tickets pizza chicken cheese large medium small with extra gmail yahoo hotmail outlook com
dot underscore mailcom gmailcom yahoocom needs wants likes lives works thinks keeps owes owns drives plays starts looks
seems lets turns runs walks moves stays lied lies promised refuses refused insisted claims claimed explained mentioned
answered replied showed shows offered offers delivered delivers arrived arrives charged charges
"""

NOT_FAMILY: frozenset[str] = NOT_NAMES | frozenset(_VERBS.split())
"""Words that go on with a sentence after a first name in small letters."""

_BRANDS = words("""
calvin klein tommy hilfiger ralph lauren michael kors kate spade john lewis john deere charles schwab vera wang
vera bradley steve madden morgan stanley jimmy choo jimmy johns jack daniels hugo boss paul smith ted baker fred perry
karen millen karl lagerfeld louis vuitton christian dior helly hansen laura ashley samuel adams johnny walker
jamie oliver alexander mcqueen tim hortons raymond james edward jones allen overy harvey nichols oliver bonas max mara
harry potter simon says charlie card virgin mary caesar salad caesar salads cesar salad cesar salads john silver
daniel boone ann arbor graham crackers graham cracker eddie bauer tommy hilgiger tommy hilfinger chris steakhouse
""")

BRANDS: frozenset[tuple[str, str]] = frozenset(zip(_BRANDS[::2], _BRANDS[1::2], strict=True))
"""Firms and things whose name begins like a person's."""
