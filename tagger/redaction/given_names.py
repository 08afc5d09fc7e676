"""First names that are hardly ever anything else, so that they are found without a cue, in any case.

Left out on purpose: everyday words (mark, will, grace), months and places (april, victoria, austin), brands (alexa,
mercedes). Those are found only where something announces a name. No such list is complete.
"""

from __future__ import annotations

from tagger.redaction.wording import words

_TEXT = """
aaliyah aaron abby abdul abdullah abeer abena abhishek abigail abraham adaeze adam adebayo adele adeline adil aditi
aditya adolfo adrian adriana adrien adwoa agata agnes agnieszka agustin ahmad ahmed aidan aiden aileen ailsa aimee
aisha aishwarya ajay ajith akash akiko akira akosua akshay alan alana alastair albert alberto alejandra alejandro
aleksandar aleksandra aleksander alessandra alessandro alessia alex alexander alexandra alexandre alexis alfonso alfred
alfredo ali alice alicia alina alisha alison alistair allison alma alondra alonso alvaro alyssa amadou amal amanda amara
amelia amelie amina aminata amir amira amit amitabh amrita amy ana anahi anand ananya anastasia andre andrea andreas
andreea andrei andres andrew andrzej andy anette angela angelica angelina angelo angie angus anika anil anilkumar anish
anita anja anjali anke ann anna annabel annabelle anne anneke annelies annette annika annmarie ansh anthony antoine
anton antonia antonio antony anuradha anushka anya aoife archana ariadna ariana arianna arif arjun arlene armando arnav
arnaud arnold arnulfo arthur arturo arun aruna arvid arvind asa asha ashley ashok ashraf ashton asif astrid aswin
athena aubrey audrey augusto aurelia aurelie ava avery axel ayaan ayesha ayodele aysha ayse azadeh aziz babatunde
bahar balaji barbara barney bartosz basil bastian beatrice beatrix beatriz becky belinda ben benedict benjamin benoit
bernadette bernard bernardo bernice bertha beth bethan bethany betsy betty beverley beyza bhavana bianca bilal birgit
bjorn blanca bob bogdan bonnie boris brad bradley brandon brayden breanna brenda brendan brent brett brian briana
brianna bridget brigitte britney brittany bronwyn bruce bruno bryan bryce bryony burak caitlin caleb callum calvin
camila camilla camille cameron candace candice carina carl carla carlo carlos carly carmen carol carole caroline carolyn
carrie carsten casey cassandra catalina caterina catherine cathy catriona cecilia cecile cedric celia celine cesar
chandra charlene charles charlie chelsey cheryl chiara chidi chidinma chinedu chinwe chioma chloe chris christa christel
christelle christian christiane christina christine christoph christophe christopher chukwuemeka ciara cian cindy
claire clara clarence clarissa claude claudia claudio clemence clement cleo clifford clive clyde colette colin colleen
connor conor constance consuelo corey corinna corinne cormac cornelia cory courtney craig cristian cristiano cristina
curtis cynthia cyril dagmar damian damien damilola damon dan dana daniel daniela daniele danielle danilo danny daphne
darius darlene darnell darrell darren darryl darshan dave david davide dean deanna debbie debora deborah debra declan
deepa deepak deepika deirdre delia delphine demetrius denis denise dennis denzel deo derek dermot desiree desmond dev
devin devon dhruv diana diane dick diego dieter dilip dimitri dimitris dina dinesh dion divya dmitri dmitry dolores
dominic dominik dominique donal donald donna dora doreen doris dorothea dorothy doug douglas duncan dustin dwayne dwight
dylan eamon ebony eddie edgar edith edmund eduard eduardo edward edwin efosa eileen elaine eleanor elena eleni elias
elif elijah elin elisa elisabeth elise eliza elizabeth ella ellen ellie elliot elliott elmer eloise elodie elsa elvira
emeka emerson emil emilia emiliano emilie emilio emily emma emmanuel emmanuelle emre enrico enrique eoin eric erica
erich erick erik erika erin ernest ernesto ervin esmeralda esperanza esra esteban estefania estelle ester esther ethan
etienne eugene eugenia eunice eva evan evangeline evelyn ewa ezekiel ezra fabian fabiana fabio fabrice fabrizio farah
farhan farid fatima fatma fatou federica federico felicia felicity felipe felix ferdinand fergus fernanda fernando
filip filippo finlay finn fiona flavia flavio florian floyd frances francesca francesco francine francis francisca
francisco franck francois francoise frankie franz fraser fred freddie frederic frederick fredrik freya frida frieda
fritz funmilayo gabriel gabriela gabriele gabriella gabrielle gaetano gail ganesh gareth garry gary gaurav gavin gemma
geoff geoffrey george georgina gerald geraldine gerard gerardo gerd gerhard gertrude ghulam gianluca gianni
gilbert gilberto giles gillian gina giorgio giovanna giovanni girish gisela giselle gita giulia giuliana giulio
giuseppe gladys glen glenda glenn gloria gokul gonzalo gopal gordon graciela graeme graham grainne greg gregg gregor
gregory greta gretchen grzegorz guadalupe guillaume guillermo gulshan gunnar gunther gurpreet gus gustav gustavo gwen
gwendolyn gwyneth habiba hadiya hafsa haley hamid hamza hana hanna hannah hannes hans hanna harald hardik hari harini
harish harold harpreet harriet harry harsh harsha harshad harvey hasan hassan hayden hayley heather hector heidi heike
heinrich heinz helen helena helene helga helmut hemant hendrik henri henrietta henrik henrique henry herbert herman
hermann hilary hilda hiroshi hitesh holger holly horace hortensia howard hubert hugh hugo humberto hussain hussein
hyacinth ian ibrahim ida idris ifeanyi ifeoma ignacio igor ike ilaria imani imogen imran ines inga inge ingrid inigo
ioana
ira irene irina iris irma irving isaac isabel isabela isabella isabelle isaiah isha ishaan isidro isla ismael ismail
ivan ivana ivonne iwona iyanna jack jackie jaclyn jacob jacqueline jacques jagdish jai jaime jake jakob jakub
jamal james jamie jana jane janet janice janine janis jared jasmin jasmine jason jasper javier jay jayden jayesh
jayne jean jeanette jeanne jeannie jeff jeffery jeffrey jelena jenna jennifer jenny jens jeremiah jeremy jermaine jerome
jerry jesse jessica jessie jill jillian jim jimena jimmy jitendra joan joanna joanne joao joaquin jocelyn jodie joe joel
joelle joerg johan johanna johannes john johnathan johnny jolanta jon jonah jonas jonathan joost jordi jorge jorg jose
josef josefina joseph josephine josh joshua josie joyce juan juana juanita judith judy juergen jules julia julian
juliana
julie julien juliet juliette julio julius jurgen justin justine justyna jyoti kaitlin kaitlyn kalpana kamal kamala
kamil kamila karan kareem karen kari karim karin karina karl karla karolina karthik kasia kasper kate katarina katarzyna
katelyn katharina katherine kathleen kathryn kathy katia katie katja katrin katrina kavita kavitha kavya kayla kayode
keiko keisha keith kelly kelsey kelvin ken kendra kenji kenneth kenny kerry kevin khadija khalid kieran kim kimberly
kiran kirsten kirsty kishore klaus klara koen kofi komal konrad konstantin krishna krishnan kristen kristian kristin
kristina kristine kristof krystyna krzysztof kumar kunal kurt kwabena kwame kyle kylie lachlan lakshmi lalita lamar
lara larissa larry lars latoya laura lauren laurence laurent lavanya lavinia lawrence leah leandro leanne leela leigh
leila lena lennart leo leon leona leonard leonardo leonie leonor leopold leroy leslie leticia levi lewis lia liam lidia
lieselotte lila liliana lilian lillian lina linda lindsay lindsey linnea lionel lisa lisbeth livia liz lizzie lloyd
lois lola lorena lorenzo loretta lori lorna lorraine lottie lou louis louisa louise lourdes luc luca lucas
lucia luciana luciano lucie lucille lucinda lucy ludovic ludwig luigi luis luisa lukas luke lukasz luther lydia
lynda lynette lynn lynne mabel maciej madeleine madeline madhavi madhu mads magda magdalena maggie magnus mahesh maia
maira maisie majid malcolm malgorzata malika malik mallory mandy manfred manish manoj manolo manon manuel manuela mara
marc marcel marcela marcella marcelo marcia marcin marco marcos marcus margaret margarita margherita margit margot
mari maria mariam mariana marianne maribel marie mariela marielle marija marilyn marina mario marion marisa marisol
marissa marius mariusz marjorie marko markus marlene marlon marta martha martin martina martine marvin mary maryam
masha mateo mateusz mathew mathias mathieu mathilde matias matilda matteo matthew matthias matthieu maureen maurice
mauricio maurizio maximilian maxime maya mayank mayra meera megan meghan mehmet melanie melinda melissa
melvin meredith merve mia micah michael michaela michal michel michele michelle miguel mihai mike
mikhail mikael mikkel mila milena millie milos milton mina mindy mira miranda mireille miriam mirjam
misha mitch mitchell modou mohamed mohammad mohammed mohan mohit moira molly mona monica monika monique morag moritz
morris mostafa muhammad mukesh muriel murray mustafa myles myra myriam myrtle naaz nabil nadia nadine nadja nagendra
naima nancy nandini naomi narendra nasir nasreen natalia natalie natasha nathalie nathan nathaniel naveen navya neal
ned neena neha neil nellie nelson nestor neville ngozi nguyen nia niamh nicholas nick nicky nicola nicolas nicole nico
nidhi nigel nikhil nikita nikki niklas nikolai nikolas nils nima nina nisha nishant nita nitin noah noelle noemi
noor nora norbert noreen norma norman nuno nuria obinna octavia octavio odette odile ofelia olaf oleg olga olivia
olivier
oliver olu oluwaseun omar omari ophelia orla oscar oskar osman oswald otis otto owen pablo padma padraig paige
pamela pankaj paola paolo parminder parvati pascal patrice patricia patrick patrik patrizia patsy patti paul paula
paulina pauline paulo pavel pavla pawan pawel pedro peggy penelope percy pernille perry pete peter petra petros
philip philipp philippa philippe phillip phoebe phyllis pia pierre pierluigi pieter pilar piotr pooja poonam prabhu
pradeep prakash pramod pranav prasad prashant prateek praveen preeti prisca priscilla pritam priti priya priyanka
przemyslaw purnima quentin quincy rachael rachel radek radhika radoslaw rafael raffaele rafal raghav rahim rahul raj
raja rajan rajat rajeev rajesh rajinder rajiv raju ralf ralph ramesh ramiro ramon ramona randall randy rani ranjit
raphael
raquel rashad rashid rashida rasmus rasool raul ravi ravindra raymond reba rebecca rebekah reena reggie regina reginald
reinhard rekha rena renata renate rene renee reyna rhiannon rhoda rhonda rhys ricardo riccardo richard rick rickey ricky
rina rishi rita ritesh ritika roberta roberto robert robbie robin robyn rocio roderick rodney rodolfo rodrigo roger
rohan rohini rohit roisin roland rolf ronald ronan ronnie rory rosa rosalie rosalind rosanna rosario rosemarie
roshan roshni rosie ross roxanne ruben rudolf rudolph rudy rufus rupert russell ruth ruud ryan saba sabina sabine
sabrina
sachin sadia saeed safiya saif sakshi salim sally salma salvador salvatore sam samantha samir samira samuel
sandeep sandra sandro sanjana sanjay sanjeev sanne santhosh sara sarah sarika sarita sasha saskia
satish saul saurabh sean sebastian sebastien seema selena selin selma serena serge sergei sergey sergio
seth seung shabnam shahid shalini shane sharmila sharon shaun shawn sheena sheila shelby shelley sheng sherri
shilpa shirin shirley shivam shivani shreya shruti shubham shweta siddharth siegfried siew sigrid
silke silvia silvio simon simona simone sinead siobhan sissel sita sivakumar slawomir sneha sofia sofie soham
solange soledad sonal sonali sonia sonja sonya sophia sophie soren spencer sreenivas sridhar srinivas stacey stacy
stanislaw stanley stefan stefania stefanie stefano steffen stella stephan stephane stephanie stephen steve steven
stewart
stuart subhash sudha sudhir sujata sujith sukhdeep sumit sunil sunita supriya suresh surya susan susana susanna susanne
sushma susie suzanne svein svenja svetlana swati sven swapnil sybil sylvia sylvain sylvie tabitha tadeusz taha takashi
takeshi talia tamara tamika tammy tania tanisha tanja tanvi tanya tara tariq tasha tatiana ted teodora terence
teresa terrance terrence terri terry tess tessa thabo thandiwe thea theo theodora theodore theresa therese thiago
thibault thierry thijs thomas thorsten thulani tiago tiffany tilda tim timo timothy tina tobias toby todd tom tomas
tomasz tommy toni tony tonya torben torsten tracey tracy travis tremaine trevor tricia trina trisha tristan troy trudy
tunde tyler tyrone tyson uche uchenna ugo ulf ulla ulrich ulrike umar umesh ursula usha usman uwe vaibhav valentin
valentina valeria valerie vanessa varun vasilis vasudha veena venkat venkatesh vera verena vernon veronica veronika
vesna vicente vicky victor vidya vijay vijaya vikas vikram viktor viktoria vinay vince vincent vincenzo vineet vinod
virgil vishal vishnu viswa vitor vittorio vivek vivian viviana vivienne vlad vladimir volker walid
walter wanda wanjiru warren wayne wendy werner wesley whitney wilfred wilhelm wilhelmina willem william willie wilma
winifred winston wojciech wolfgang xavier ximena xiaoming xochitl yadira yael yanis yann yannick yasin yasmin yasmine
yesenia yolanda yosef yuki yuri yusuf yvette yvonne zac zach zachary zahra zainab zbigniew zelda zeynep zoe zofia
zoltan zsofia zuzanna
barry gaston hyun minh thanh shanice zara lakisha terrell tarquin araminta cordelia clementine ottilie tamsin jemima
verity aoibhinn saoirse oisin cillian fionn tadhg ruairi eilidh mhairi hamish angharad carys cerys ieuan gwilym
bronagh minjun jisoo seojun hyejin eunji soojin jihoon sunghoon yejin haruto sakura yuto aoi daiki naoki satoshi yoko
noriko masako kazuko akihiro linh huong phuong trang tuan dung hung quang duc xiaowei jianguo xinyi yifan haoran zihan
meiling weiming junjie lihua siti nurul aminah fatimah syafiq budi dewi putri agus wayan ketut somchai siriporn
nattapong ananda chaiya olena oksana volodymyr taras andriy yaroslav bohdan iryna svitlana mykola dmytro ivanka dragan
nikola jovana milica zoran goran branka hrvoje tomislav zdenka jiri vaclav zdenek jarmila ludmila miroslav bozena
katalin ildiko laszlo gabor istvan zsuzsa csaba attila ionut gheorghe raluca vasile giorgos nikos yannis despina
panagiotis kostas stavros dimitra vasiliki athanasios sotiris aylin emine hatice ozge murat serkan tolga cem deniz
ayten nilufer parisa kaveh behnam nasrin mahmoud hossam tarek rania lubna zaynab abdulaziz faisal saud waleed hisham
amr bassam ghassan wafa suha olufemi adebola temitope folake yetunde babajide segun bisi chinonso ifeanyichukwu nkechi
amaka uzoma kelechi yaw ama esi efua adjoa akwasi sipho lindiwe nomsa zanele bongani lerato palesa tendai farai
rutendo tatenda wambui njeri kamau otieno achieng mwangi nyambura abebe tigist selam yonas hirut agustina lautaro
camilo yamile lupita itzel citlali cuauhtemoc luana rafaela caio heitor vinicius joana goncalo margarida afonso
guilhem solene maelle loic gwenael ghislaine fabienne josiane giancarlo ornella loredana donatella fiorella graziella
rocco carmelo gerlinde hannelore waltraud heidrun gunter detlef annegret liesel mareike finja femke joris maarten bas
lotte fleur jeroen sander wouter marieke annemiek kees torbjorn ingeborg solveig gunnhild aase mette karoline eero
aino veikko tuula pekka riitta markku anneli brooklynn mackenzie makayla kaylee destiny jaylen jayla deshawn marquis
tyrell shaniqua winnie ethel edna gertie enid elsie maud bertram cuthbert percival algernon struan anjum farida naseem
zubair rukhsana imtiaz javed nadeem asma bushra saima harinder gurdeep jaspreet mandeep navdeep sukhwinder baljit
kulwinder amarjit chinmay aarav vivaan ishita amol rakesh lokesh nilesh jayant vasant shanti savita radha meena
"""

GIVEN_NAMES: frozenset[str] = frozenset(_TEXT.split())
"""Lower case."""

ALSO_WORDS: frozenset[str] = frozenset(
    words(
        "ama barry bas bisi caio cem deniz destiny dung ebony esi fleur hung ines kees lotte ralf rocco saud segun"
        " sita tuan trang usha yaw zara amr clement "
        "abby adam jack alfredo alma ava axel basil ben beth bob bonnie brad bruce carol charlie clara dan dana"
        " dean dev"
        " dick don eve "
        "gail gus hari harry harsh ida ike ira iris jay jean jerry jill joan ken kim larry leo levi lewis liz"
        " lois lola lou "
        "luc mari max mike mina mira mona ned nelson nick nico nima nina norma oscar otto paige paul penny perry"
        " pete pia "
        "raj randy rick ricky robin roger rosa rosie ross rudy ruth sally sam sandy saul sean sherry spencer"
        " stanley stella "
        "ted terry tess tim toby todd tom tony tyson vera vince vlad wade wanda warren wayne winston zara"
    )
)
"""First names that are found without a cue only in capitals, or with a family name: in small letters they may be slips,
words of other languages, or parts of brands."""
