"""Closed word lists: company suffixes, roles, descriptions of companies, demonyms; no list of companies."""

SUFFIXES = frozenset(
    """inc incorporated corp corporation co company cos ltd limited plc llc llp lp lllp pllc
    sa sas sarl sasu sca scs spa srl sapa ag gmbh kg kgaa se ug ev bv nv cv cva sprl bvba asa as ab oyj oy abp
    hf ehf aps sl slu slp sau sociedad ltda limitada eireli cia sab sapi rl tbk pt bhd berhad pte pty kk kabushiki
    jsc pjsc ojsc oao ooo pao zao ao doo dd ad ead eood rt nyrt zrt kft sro spzoo oü as aktiengesellschaft
    holding holdings group groupe grupo gruppo bank bancorp trust partners capital ventures industries motors
    motor steel electric insurance foods pharma chemical chemicals mining media telecom systems solutions services international
    properties realty retail brands entertainment logistics shipping railway railways aerospace semiconductor semiconductors software
    networks petroleum oil resources minerals metals lithium healthcare biotech therapeutics labs laboratories financial securities
    investments investment management fund equity beverages cement automotive auto aviation hotels resorts stores studios pictures
    brewing breweries electronics instruments medical biosciences robotics shipbuilding heavy life assurance
    technologies energy pharmaceuticals airlines airways aktiebolag aktieselskab naamloze hk pcl saog qpsc psc
    """.split()
)
# written with dots or slashes; compared after removing both
LEGAL = frozenset(
    """inc incorporated corp corporation co company cos ltd limited plc llc llp lp sa sas sarl sca scs spa srl ag
    gmbh kg kgaa se ug bv nv cv cva sprl asa as ab oyj oy abp hf ehf aps sl slu sau ltda cia sab rl tbk bhd berhad pte
    pty kk jsc pjsc ojsc oao ooo pao zao doo dd ad ead rt nyrt zrt kft sro oü aktiengesellschaft aktiebolag de cv
    kabushiki kaisha public sp z oo""".split()
)
PREFIXES = frozenset(
    ("pt", "ooo", "oao", "pao", "zao", "ao", "grupo", "groupe", "gruppo", "compagnie", "société")
)

ROLES = (
    "chief executive officers", "chief executive officer", "chief executives", "chief executive", "chief financial officer",
    "chief operating officer", "chief technology officer", "chief investment officer", "chief strategy officer",
    "chief legal officer", "chief information officer", "chief risk officer", "chief commercial officer",
    "chief marketing officer", "chief product officer", "chief competitive officer", "executive vice president",
    "senior vice president", "vice president", "vice-president", "executive chairman", "executive chairwoman",
    "vice chairman", "vice chairwoman", "deputy chairman", "deputy chief executive", "co-chief executive", "co-ceo",
    "board chairman", "chairman", "chairwoman", "chairperson", "chair", "president", "ceo", "cfo", "coo", "cto",
    "managing director", "executive director", "director general", "general manager", "general counsel", "general director",
    "finance chief", "finance director", "operations chief", "technology chief", "co-founder", "cofounder", "founder", "treasurer",
    "chief economist", "board member", "director", "head", "boss", "manager", "finance minister",
    "prime minister", "industry minister", "economy minister", "energy minister", "trade minister",
    "minister", "governor", "senator", "secretary", "commissioner", "partner", "analyst", "spokesman", "spokeswoman",
    "spokesperson", "lawyer", "chancellor", "chief",
)  # fmt: skip
OFFICES = frozenset(
    role for role in ROLES
    if role not in {"analyst", "spokesman", "spokeswoman", "spokesperson", "lawyer", "partner", "manager", "senator", "minister",
                    "secretary", "commissioner", "governor", "prime minister", "finance minister", "industry minister",
                    "economy minister", "energy minister", "trade minister", "chancellor", "chief", "head", "boss"}
)  # fmt: skip
HONORIFICS = frozenset(("mr", "mrs", "ms", "miss", "dr", "sir", "lord", "lady", "dame", "prof", "baron"))

# nouns that, after a determiner, stand for a company or a part of one
COMPANY_NOUNS = frozenset(
    """company companies firm firms group groups carmaker automaker maker manufacturer producer supplier retailer bank lender insurer
    brewer miner operator developer airline carrier utility conglomerate fund investor buyer seller bidder suitor
    acquirer target rival partner partners shareholder giant startup start-up business unit arm division subsidiary affiliate
    venture entity concern corporation broadcaster publisher drugmaker chipmaker steelmaker planemaker shipbuilder
    railway railroad shipyard brewery airport steelworks peer peers refiner distributor provider organization organisation parent owner issuer asset assets operations brand chain
    club studio exchange partnership alliance joint-venture plantmaker grocer telecom family government state treasury trust association consortium
    """.split()
)
PART_NOUNS = frozenset(
    "business unit arm division subsidiary affiliate venture operations brand assets segment branch joint-venture".split()
)
COMMON_HEADS = frozenset(
    """shares stake stakes stock interest holding holdings bid offer deal board management chief spokesman spokeswoman spokesperson
    representative officials shareholders investors unit units division divisions business businesses arm subsidiary subsidiaries
    operations venture group executives workers employees plant plants brand assets bonds debt""".split()
)

DEMONYMS = frozenset(
    """american argentine argentinian australian austrian belgian brazilian british bulgarian canadian chilean chinese colombian
    croatian czech danish dutch egyptian emirati english estonian european finnish french german greek hungarian
    icelandic indian indonesian iranian iraqi irish israeli italian japanese kazakh kenyan korean kuwaiti latvian lithuanian
    luxembourgish malaysian mexican moroccan nigerian norwegian pakistani peruvian polish portuguese qatari
    romanian russian saudi scottish serbian singaporean slovak slovenian spanish swedish swiss taiwanese thai
    turkish ukrainian vietnamese welsh african asian latin nordic scandinavian western eastern northern southern
    gulf arab basque catalan bavarian north south us u.s uk u.k eu chinese-owned french-owned""".split()
)
COUNTRIES = frozenset(
    """america argentina australia austria belgium brazil britain bulgaria canada chile china colombia croatia cyprus denmark
    egypt england estonia europe finland france germany greece hungary iceland india indonesia iran iraq ireland
    israel italy japan kazakhstan kenya korea kuwait latvia lithuania luxembourg malaysia mexico morocco netherlands
    nigeria norway pakistan peru poland portugal qatar romania russia scotland serbia singapore slovakia slovenia
    spain sweden switzerland taiwan thailand turkey ukraine vietnam wales africa asia london paris tokyo beijing
    frankfurt milan madrid brussels amsterdam zurich geneva moscow washington york toronto sydney mumbai delhi
    alabama alaska arizona arkansas colorado connecticut delaware florida georgia hawaii idaho illinois indiana iowa kansas
    kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana nebraska nevada hampshire
    jersey ohio oklahoma oregon pennsylvania tennessee utah vermont virginia wisconsin wyoming ontario quebec
    hong kong arabia states united kingdom city new los angeles san francisco las vegas republic islands zealand
    shanghai seoul dubai chicago detroit houston boston california texas munich berlin rome stockholm oslo
    copenhagen helsinki vienna lisbon dublin warsaw prague budapest istanbul jakarta manila bangkok""".split()
)
AUTHORITIES = frozenset(
    """commission authority regulator regulators ministry court parliament senate agency department government watchdog
    exchange nasdaq force council office board tribunal shareholders antitrust judge creditors lawmakers officials""".split()
)
PUBLICATIONS = frozenset(
    """times journal post news herald gazette courier courant tribune telegraph guardian newspaper daily magazine agency zeitung
    press television tv radio broadcaster report reports website""".split()
)
MONTH_DAY_WORDS = frozenset(
    """january february march april may june july august september october november december monday tuesday
    wednesday thursday friday saturday sunday sept""".split()
)
# words that open a sentence with a capital and are no name
OPENERS = frozenset(
    """the a an in on at by for from with without to of and but or nor so yet while although though because since as if unless
    when where whether after before during under over between among both either neither each every all some many most any no
    not it its they their he his she her we our you your i this that these those there here who which what why how
    one two three four five six seven eight nine ten more less another other such several according also
    meanwhile however separately earlier later last next now then still despite instead once until about around nearly
    shares trading revenue sales profit analysts investors talks terms lawyers people sources officials executives
    management finance private representatives spokespeople companies regulators shareholders workers unions
    read trade cornerstone additional net operating total first second third fourth final new old under-pressure
    plans police markets stocks bonds oil gas gold banks automakers carmakers lenders buyers sellers bidders advisers advisors bankers
    negotiations discussions details neither nobody nothing everyone only even just rather together following
    profit profits demand production output growth cash debt traffic income turnover inflation staff customers delivery
    construction work nothing board directors founders bidding ownership control competition
    is are was were has have had will would may might could should can do does did""".split()
)
