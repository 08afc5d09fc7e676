"""Words of everyday English: what stands where a name or a user name could stand, and is none of these, is one."""

from __future__ import annotations

from tagger.redaction.wording import words
from tagger.redaction.words import NOT_FAMILY

_TEXT = """
byee byeee youbye torn meat eater conform thnaks thanq tq okk okkk hii hiii helo hlo book books field box boxes hint
prompt tab column blank taken unavailable greyed grayed forgotten recovery format length character characters letters
digits symbol symbols change reset policy page invalid exists exist abandoned ability bot bots computer feb sept
thankyou thnx thanx thankyu standing swift sepa via gud gr8 good by abroad absolutely accept accepted access accident
accidentally accordance according accounts accurate acting action activate activated activation activity actual add
added adding additional addresses adjust admin adult adults advance advantage advert advertised advice advise advised
affected afford afraid age aged agents aim air airline airport alarm alert alive allergic allow allowed amount amounts
angry animal annual answer answered answers antenna anxious apart app appalled appalling apparently appeal application
applied apply appointment appointments approval approve approved approximately apps area areas argue argument arrange
arranged arrangement arrival arriving article aside asleep assign assigned assist assistance assistant associated
assume assured atm attach attack attempt attempted attempting attempts attention authorise authorised authorize
authorized autopay avoid aware baby background bag baggage bags bandwidth banking banks bar bare barcode barely basket
bath bathroom battery beat beautiful became become becoming bed bedroom beds began begin beginning begun behalf behind
belong belongs beneficiary benefit benefits beside besides bet beyond bike bill bills bin bit bits block blocked
blocking board boarding bonus booked bookings born borrow boss bother bothered bottle bottom bought bounced boy
boyfriend brand branches break breakdown breakfast bridge bring bringing broadband broken brother brothers brought
browser budget bug build building built bunch burger burst bus business button buying cabin cable calendar calm came
camera campaign cancelation canceled canceling cancellation cancelled cancelling capable car cardboard cards cars cart
case cashback catch caught cause caused causing cell center central centre chair challenge chance changed changes
changing channel channels charger charging chase chased chasing cheap cheaper checked checks cheque chicken child
children choice choices choose chose chosen church circumstances class clean cleared clearly clearance click clicked
clicking close closed closer closest closing cloud club coach coat codes coffee cold collect collected collecting
collection college colour color combination comes comfortable comment comments commercial commitment committed common
communication companies compare compared comparison compensation competent complain complained complaining complaint
complaints completed completing complicated conditions conference conflict connect connected connecting connection
consider considered considering constant constantly consultant consumer contacted contacts contain contained contains
content continue continued contract contracts contribution control controller convenience convenient conversation
convert converted cook cookies cooking copied copies copy corner corporate correcting cost costing costs cottage count
counter countries country couple courier course court cover coverage covered covers cracked crash crashed crashes
crashing crap create created creating creation credited crossed cruise currency curious customers customs cut cuts
cutting damage damaged dark data database dated deactivate deactivated dead deadline deal dealing deals dealt dealer
death debited decent decide decided decision declined deducted deduction deep default delay delayed delays delete
deleted deliver delivered deliveries delivering demand denied deny depart departure depend dependent depends deposit
deposited deposits describe described description desk desktop desperate destination detail detailed details device
devices dial dialed differently digit digital dining dinner direct direction directions directly director dirty
disabled disappeared disappointing disconnect disconnected discuss discussed disgusted disgusting dishwasher disk
display dispute disputed distance divorce divorced doc doctor document documents dodgy dog dollar dollars domain
domestic door double doubt download downloaded downloading downstairs draft drain draw drawn dress drink drinks drive
driver drivers driving drop dropped dropping drops dryer ducks dumb duplicate duration duty earlier early earn easier
easily easy eat echo economy edit effect effective effort eight electric electrical electrician electricity electronic
eligible eliminate else emailed emailing embarrassing emergency employees employer empty enable enabled encountered
ended ending ends energy engaged engine engineer engineers enrol enroll enrolled ensure enter entered entering entire
entirely entitled entry environment equipment errors escalate escalated especially essential estate estimate estimated
euro euros evenings event events eventually evidence exact example exceeded except exception excess exchange exchanged
exclusive excuse existing exit expect expensive experience experienced experiencing expire expired expires expiring
expiry explain explaining explanation expose express extend extended extension extensive extent external extremely eye
eyes fact factory fail failed failing fails failure fair fairly fake fall falling false familiar families family fancy
fare fares farm fast faster fault faulty favour favor favorite favourite feature features fee feedback feel feeling
fees fell felt female fields fifteen fifth fifty figure figured figures file filed files filing fill filled filling
filter finance financial finger finish finished fire firm firmware fit fits fitted fix fixed fixing flat flexible
flood floor flow fly flying folder follow followed food foot force forced foreign forever forgetting form former forms
forty forward forwarded forwarding found foundation fourth frame fraud fraudulent freeze freezer freezing fresh fridge
friendly friends front frozen fuel function funds furious furniture future gain game games garage garden gas gate gave
generate generated genuine genuinely gift girl girlfriend giving global goods government grand grateful greatly ground
grounds grow guarantee guarantor guess guide guy hacked hair half hall hand handle handled hands handy hang hanging
happen happened happens hardly hardware hassle hate head headache headphones heads health hearing heard heart heat
heater heating heavily heavy held helpdesk hence herself highly higher highest himself hire hired hit hits holding
holder holiday holidays hole homepage honest honestly honeymoon hook hop hoped horrendous hospital hosting hot hotels
hour hours household housing hubby huge hundred hundreds hung hurry hurt husband idea ideal ideally identification
identity idiot ignore ignored ill illegal image imagine immediate impact implement important impossible impressed
improve inbox inch inches include included includes including income inconvenience inconvenient increase increased
increases incredibly indeed indicate individual industry infant initial initially inner input inside inspection
install installation installed installer installing instance instant instantly instruction instructions insurances
insure insured intend intended intention interest interesting interface interfering internal international internet
interrupt interview introduced invest investigate investigated investigation investment invite invited invoice
invoices involved ironing irritated island issued issues itself job jobs join joined joining joint joke journey judge
jump junk keep keeping kept key keyboard keys kick kid kidding kids killed kilometres kind kitchen knock knocked known
knows lack lady land landed landing landline landlord language laptop large largest lately launch laundry law lawyer
lay lead leak leaked leaking leaks learn lease leaving led legal legit legitimate lesson letter letting level levels
licence license lid lie life lifted light lights likely limit limited limits lines list listen listened listening
literally live lived living load loaded loading loan loans local locate located lock locked locker locking logging
login logs loose lose losing loss loud lounge lovely low lower lowest loyal loyalty luck luckily lucky luggage lunch
machine magazine mailbox mailed main mainly maintenance major makes making male mall man managed management managers
manner manual manually map mark marked market marketing marriage massive match matches matching material matter
matters maximum meal meals meaning means meantime measure media medical medication medicine medium meet meeting memory
mention menu merchant mess messages messed messing met metal meter middle midnight mile miles milk million millions
mind mini minimum minor minus mislead misleading missed mistake mistaken mistakenly mistakes mix mixed mode model
modem modern modify moments monies monitor monthly moon mortgage mother motion motor mouse mouth move moved movie
movies moving mum music myself naturally nearby nearest nearly necessary neck needed needless needs negative neighbour
neighbor neighbours neighbors nervous network newest newly news newsletter nicely noise noisy normal normally north
note notice noticed notification notifications notified notify numbers nurse object obtain obvious obviously occasion
occasions occur occurred offer offered offering offers office officer offline older oldest ones ongoing opened opening
operate operating operator opinion opportunity opposite opt option optional options orders organisation organization
organise original originally otherwise ought ourselves outage outages outcome outlet outlook outside oven overcharged
overdraft overdrawn overnight overpaid overseas owe owed owing owner owners pack package packages packed packet
packing pages pair panel paper papers paperwork paragraph parcel parcels parents parking part particular particularly
partly partner parts party pass passed passenger passengers passing passwords past patience patient pattern pay
payable paying payments payslip peak pen penalty pension per percent percentage period permanent permanently
permission permit personal personally pet pets pharmacy phones photo photos physical pick picked picking picture
pictures piece pieces pins pipe pipes pissed place places plan plane planned planning plans plastic platform play
player playing plenty plug plumber plumbing plus pocket point points police policies poor poorly popped popular portal
portion position positive possibility possibly post postage postal posted postpone pots pounds power preferably
preference prefer prefers premises premiums prepaid prepared prescription present press pressed pressing pressure
pretty prevent prices pricing primary principal print printer printing prior priority private prize pro problems
procedure proceed process processed processing produce products professional programme program progress project
promise promises promotion promotional proof proper properly property proposal protect protected protection proud
prove provide provided provider providers provides providing public pull pulled pump purchased purchases purchasing
purpose purse push pushed pushing putting qualified qualify quality quantity quarter queue quickly quiet quit quote
quoted quotes race radiator rail rain raise raised ran range rang rarely rate rates rating reach reached reaching read
reader reading readings reasonable reasons rebate reboot rebook rebooked recall receipt receipts receive receiver
receives receiving recent recently reception recharge recipient recognise recognised recognize recommend recommended
reconnect record recorded recording records recover recurring redeem redirect redirected reduce reduced reduction
refer referral referred refill reflect refrigerator refunded refunding refunds refuse refused region register
registering registration regular regularly reinstall reinstate reject rejected related relating relation relationship
relative release relevant reliable relieved reload remain remained remaining remember remind reminder reminders remote
removal remove removed removing renew renewal renewed renewing rent rental rented repair repaired repairs repay
repayment repayments repeat repeated repeatedly replace replaced replacement replacing reply report reported reporting
represent request requested requesting requests require requirement requirements rescheduled reschedule research
reservation reservations reserve reserved resend resent residence resident residential residing resolution resolve
resolving resort respect respond responded response responsibility responsible rest restart restarted restaurant
restore restricted restriction result results resume retail retailer retain retire retired retrieve return returns
reverse reversed review reviews reward rewards rice rid ride ridiculously ring ringing rings rip ripped rise risk
river robbed robot rocket roll roof rooms rough round route router routine row rubbish rude ruined rule rules run
running runs rural rush safe safely safety salary sale sales salesman satellite satisfied satisfy save saver saves
saving savings scale scam scammed scammer scan scanned scary schedule scheduled scheme school science score scratch
scratched scream screen screens screenshot script sea seal search searched searching season seat seats seconds secret
section secured seek seemed seemingly seen select selected selecting selection self sell seller selling sending sense
sensible sensitive separate separated separately sequence series serious seriously served server services session set
sets setting settings settle settled settlement seventeen seventy several severe shame share shared shares sharing
sheet shelf shift ship shipment shipments shipped shocked shocking shoes shop shopped shopping shops shortage shorter
shot shouting shower shut shutting sick side sides sight sign signal signature signed significant signing signup silly
sim similar simply sink sit site sites sitting situation sixteen sixty size sizes skin skip sky sleep slept slight
slightly slip slot slots slow slower slowly smaller smart smartphone smell smells smoke smooth soap social sofa
software sole solid solution solve solved somehow somewhat somewhere son sons sorted sorting sort sound sounds source
south space spare speaker special specialist specific specifically speed speeds spend spending spent spilled split
spoke spoken spot spouse spring spread staff stage stairs stand star stars started starting starts state stated
statement statements states station statuses stays steal step steps sticking stole stolen stone stopped stopping stops
storage stores storm story straight stream streaming stressed stressful strong structure student studying stuff style
subject submit submitted submitting subscribe subscribed subscriber subscription subscriptions substantial substitute
successful successfully sudden suddenly suffering sufficient suggest suggested suggestion suggestions suit suitable
suitcase suite sum summary summer supervisor supplied supplier suppliers supply supporting surely surface surname
surprise surprised suspect suspend suspended suspicious swap swapped swear sweet swimming switch switched switching
symptoms systems table tablet takes taking talked talking tank tap target tax taxes taxi tea technical technician
technology teeth telephone television temperature temporarily temporary tenancy tenant tend tens term terminal
terminate terminated terms terribly test tested testing text texted texts themselves theft thermostat thing thirteen
thirty thorough thousand thread threw throw throughout ticked ticking tie tied till times timing tiny tip title toast
toilet token tomorrows ton tone tons tool tools tooth top topup topped total totals touch tour towards tower toy track
tracked trade trading traffic train trained training trains transcript transfer transfers transferring transport trap
travel traveled travelled traveler travelers traveling travelling treat treated treatment trial tries trip triple
trips truck truly trust truth tune turn turned turning twelve twenty twice twin typed types typical typically typing
tyre ugly ultimate unable unacceptable unauthorised unauthorized uncle uncomfortable undelivered underneath understand
understandable understanding unexpected unfair unhelpful unfortunate union unit units university unless unlike
unlikely unlimited unlock unlocked unlucky unnecessary unpaid unreal unreasonable unrecognised unreliable unsatisfied
unsubscribe unsuccessful unused unusual upcoming update updates updating upgrade upgraded upgrading upload uploaded
uploading upstairs usage useful useless users usual utter utterly vacation vacuum vague valuable value values van
variable various vehicle vehicles vendor verification verify verifying version versions versus vet video videos view
viewed viewing village violation virus visible visit visited visiting visitor voice voicemail void volume vote voucher
vouchers wage waited waiter waiting walk walked walking wall wallet wanted warm warning warranty wash washed washer
washing waste wasted wasting watched watching water ways weak wear wearing weather web webpage websites wedding
weekday weekend weekends weekly weight weird west wet whatever wheel wheels whenever whereas wherever whichever
whoever wide wife wifi wild win wind window winner winter wiped wire wired wireless wise wish wishes withdraw
withdrawal withdrawals withdrawn withdrew witness woke woman won wonder wondered wood wooden word wording words wore
worked workers workplace world worry worrying worse worst worth worthless wow wrap write wrongs yard yellow yelled
yell young younger zero arent hadnt havent shouldnt didnt doesnt couldnt wouldnt werent neednt dunno gotten gimme
lemme kinda sorta cuz cos bcoz bc btw omg wtf fyi lmk ty np ur plz pls tho tbh idk rn ngl lmao lolz hiya heya yo sup
howdy greetings mate buddy pal dude bro sis sweetie darling honey guys everyone folks team accountant adviser advisor
analyst builder caller cashier chef clerk colleague colleagues contractor coordinator cousin dad daughter dentist
employee fiance fiancee flatmate flatmates granddad grandma grandmother grandpa grandson housemate housemates
librarian mechanic mom nephew niece parent pilot porter rep representative roommate secretary shopkeeper sister
solicitor stepson surgeon teacher find charge current oil virtual show song able say look things carry arrive speak
hear timer coin flip dice nights link multiple ahead airlines inform hobbies latest funny high try human accent cat
anywhere united revert house looked federal capital facts cream automatic gym kinds gotta noon frequency decline bread
die dogs cake pie dates groceries healthy spa translate eggs tourist zone sugar speech often tv beef birthday subjects
square earned highway task machines history average rock decrease chocolate jokes forget ice steak salt fan tasks park
potato salad dishes bake cups interests identify feet official eating ate frequent beach ideas butter activities soup
random perform difference define trash expenses serve hidden origin fund hell trace methods hill father master wine
cup sub cookie animals doors earth god realize accepts discounts subway national prepare bird doctors utilities
anniversary dish determine suppose pop typo larger victim alternatives wake laugh equal basis along non temp initiate
anytime bowl responses eastern prime ya france paris spain italy germany europe mexico china japan russia korea
thailand africa australia brazil ireland scotland wales england sweden greece turkey portugal poland netherlands
belgium austria switzerland norway denmark finland egypt york chicago dallas houston boston miami seattle denver
atlanta vegas orlando toronto vancouver montreal sydney melbourne dublin manchester birmingham leeds glasgow edinburgh
bristol liverpool berlin munich madrid barcelona rome milan texas california florida arizona ohio georgia chinese
japanese russian italian mexican greek thai turkish polish dutch swedish muslim christian jewish catholic hindu sikh
vegan vegetarian diabetic pregnant blind deaf single widowed pensioner freelancer newbie novice homeless sceptical
skeptical livid fuming gutted confused upset keen samsung huawei nokia sony nintendo xbox playstation vodafone verizon
comcast xfinity sprint tesco walmart costco ebay etsy spotify hulu disney paypal venmo zelle revolut monzo barclays
hsbc santander lloyds citibank capitalone hermes evri dpd ups fedex usps ikea asos nike adidas primark expedia airbnb
ryanair easyjet lufthansa emirates qatar delta windows android linux chrome firefox safari microsoft excel zoom teams
skype slack twitter tiktok snapchat telegram cheese pizza chips fries cola beer bacon pasta noodles sauce dressing
lettuce ps pps re fwd eg ie nb vs ok id ids nd rd th st don didn isn hasn wasn haven doesn couldn shouldn wouldn aren
ain wi blue silver gold anyways whatsoever thus hereby attn dept ext asap eta rsvp faq diy pdf gps
"""

EVERYDAY: frozenset[str] = NOT_FAMILY | frozenset(_TEXT.split())
"""Lower case, without apostrophes; it holds all that `words.py` holds."""

_ENDINGS = ("ing", "ed", "ly", "tion", "tions", "ment", "ments", "able", "ible", "ful", "less", "ness", "ous", "ive")
_LONG = 6
"""Letters from which on an ending tells that a word is one of the language."""


CITIES: frozenset[str] = frozenset(
    words(
        "york chicago dallas houston boston miami seattle denver atlanta vegas orlando toronto vancouver montreal "
        "sydney melbourne dublin manchester birmingham leeds glasgow edinburgh bristol liverpool berlin munich madrid"
        " barcelona "
        "rome milan paris london austin perth bath reading mobile portland ottawa sheffield brighton oxford cambridge "
        "york cork galway phoenix detroit cleveland tampa charlotte nashville memphis baltimore oakland sacramento"
    )
)
"""Towns that are words of everyday sentences, or often stand in them."""


def is_everyday(word: str) -> bool:
    """Whether a word is one of everyday English, by the list or by its ending."""
    plain = word.casefold().replace("’", "").replace("'", "")
    if plain.endswith("s") and plain[:-1] in EVERYDAY:
        return True
    return plain in EVERYDAY or (len(plain) > _LONG and plain.endswith(_ENDINGS))
