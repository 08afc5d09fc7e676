"""Words that are not names, though they stand where a name could stand."""

from __future__ import annotations

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
"""

NOT_NAMES: frozenset[str] = frozenset(_TEXT.split())
"""Lower case, without apostrophes. A name that is also one of these (May, Will) is found only inside a longer one."""
