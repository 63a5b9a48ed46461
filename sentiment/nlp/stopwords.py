"""Words that carry no subject, English and Welsh: left out of key phrases and of likeness between sentences.

Our own lists. Kept short on purpose: "bus", "road" or "council" may be stop words to a council, but a resident who
writes "council" means it.
"""

ENGLISH = frozenset(
    """
    a about above across after again against ago all almost along already also although always am among an and
    another any anybody anyone anything anyway are aren't around as at away back be became because been before
    behind being below beside besides between both but by came can can't cannot come comes could couldn't did
    didn't do does doesn't doing don't done down due during each either else enough especially even ever every
    everybody everyone everything far few first for from further gave get gets getting give given go goes going
    gone got had hadn't has hasn't have haven't having he he's her here hers herself him himself his how however
    i i'd i'll i'm i've if in indeed instead into is isn't it it's its itself just keep keeps kept know last
    least less let let's like likely little lot lots made make makes making many may maybe me mean might mine
    more most mostly much must my myself near nearly need needs neither never next no nobody none nor not
    nothing now of off often oh ok okay on once one ones only onto or other others our ours ourselves out over
    own part per perhaps please probably put quite rather really said same saw say says see seem seems seen
    several shall she she's should shouldn't since so some somebody someone something sometimes somewhere soon
    still such sure take taken takes taking tell than thank thanks that that's the their theirs them themselves
    then there there's these they they'd they'll they're they've thing things think this those though through
    thus to together told too took toward towards try two under until up upon us use used using usually very via
    want wants was wasn't way we we'd we'll we're we've well went were weren't what what's whatever when where
    whether which while who who's whole whom whose why will with within without won't would wouldn't yes yet you
    you'd you'll you're you've your yours yourself
    """.split()
)

WELSH = frozenset(
    """
    a ac ag am ambell ar arall at atom ati beth bod bydd byddai can cael cyn dal dan dim dy dydy ddim e ei eich
    ein eto eu fe fel felly fi fod gan ganddo gyda hefyd heb hi hon hwn hyn hynny i iawn iddo iddyn i'r ie lle
    mae mae'r maen mai mewn mi mor mwy mwyaf na nac nad nhw ni nid nes o o'r oedd oes ond os pan pam pob pwy
    roedd rwy rydw rydym rhai rhwng sut sy sydd trwy tua un unrhyw wedi wrth y ydy ydyw yma yn yna yno yr yw
    """.split()
)

STOP_WORDS = ENGLISH | WELSH
