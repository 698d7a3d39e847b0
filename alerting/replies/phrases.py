"""How mail programs and gateways write around what a person says: quotes, forwards, signatures, advertisements, banners.

In English, German, French and Welsh. A form holds for a whole line, whatever its capitals, unless its name says otherwise.
"""

import re


def _either(*forms: str) -> str:
    return f"(?:{'|'.join(forms)})"


def _line(*forms: str) -> re.Pattern[str]:
    return re.compile(_either(*forms), re.IGNORECASE)


#: What an attribution ends with: "On 15 October 2020, somebody wrote:".
SAID = re.compile(r"\b(?:wrote|writes|schrieb|écrit|ecrit|ysgrifennodd)\b", re.IGNORECASE)
_QUOTING = r"(?:quoting|zitat von|citation de|gan ddyfynnu)\b"
ATTRIBUTION_BEGINS = re.compile(rf"[-*\s]{{0,8}}(?:(?:on|am|le|ar)\b|{_QUOTING})", re.IGNORECASE)
QUOTING = _line(rf"{_QUOTING}.{{0,200}}:\s*")
#: What a sure attribution is about: a time or an address.
DATED = re.compile(r"\d|[^\s<>@]{1,64}@[^\s<>@]")

_MESSAGE = r"(?:message|mail|e-?mail|nachricht|appointment)"
#: The last line above a quote, in whatever language.
ABOVE_A_QUOTE = re.compile(r".{0,300}[^\s<>@]{1,64}@[^\s<>@]{1,200}.{0,100}:\s*")
#: A line of a quoted mail's head, in whatever language.
LABELLED = re.compile(r"[*_\s]*[^\W\d_][\w' -]{0,24}[*_]?\s?:(?:[*_\s].*)?")

#: What stands above a quoted or forwarded mail.
SEPARATOR = re.compile(
    r"[-_=*‐–—>\s]*"
    + _either(
        rf"original {_MESSAGE}",
        rf"(?:begin )?forwarded {_MESSAGE}(?: from .{{0,200}})?",
        "reply message",
        rf"ursprüngliche {_MESSAGE}",
        "original-?nachricht",
        rf"(?:anfang der )?weitergeleiteten? {_MESSAGE}",
        "(?:message|courriel) (?:d['’]origine|original|initial|transf[ée]r[ée]|r[ée]exp[ée]di[ée])",
        "d[ée]but du (?:message|courriel) (?:transf[ée]r[ée]|r[ée]exp[ée]di[ée])",
        "(?:y )?(?:neges|e-bost) (?:g?wreiddiol|ymlaen)",
        "(?:dechrau(?:['’]r)? )?(?:neges|e-bost) (?:a |wedi['’]i )?(?:anfonwyd|hanfon) ymlaen",
    )
    + r"(?:\s*:?[-_=*‐–—<\s]*|\s*-{3,}.{0,400})"
    # Notes: "Performance alerts---15/10/2020 07:00:00---".
    + r"|.{1,80}-{3}\d{1,2}[./]\d{1,2}[./]\d{2,4} \d.{0,20}-{3}.{0,200}",
    re.IGNORECASE,
)
#: A separator by itself has rules around it or a colon behind; without them lines of a head must follow.
RULED = re.compile(r".*[-_=*‐–—]{2,}.*|.*:\s*")
#: Where an unmarked quote ends again.
END_SEPARATOR = re.compile(r"[-_=*\s]{2,}(?:end|ende|fin|diwedd)\b.{0,60}[-_=*\s]{2,}", re.IGNORECASE)
RULE = re.compile(r"\s*_{20,}\s*|\s*[-=*‐–—]{20,}\s*")

#: Labels in a quoted mail's head, by what they name.
_LABELS = {
    "from": "from|von|de|oddi wrth|o|gan",
    "sent": "sent|date|gesendet|datum|envoyé|envoyé le|anfonwyd|dyddiad|wedi['’]i anfon",
    "to": "to|an|à|a|at|i",
    "subject": "subject|betreff|objet|sujet|pwnc|testun",
    "other": "cc|bcc|copi|kopie|copie à|importance|wichtigkeit|reply-to|antwort an|répondre à|ateb i|priority|attachments|anlagen",
}
LABEL = re.compile(
    "|".join(rf"(?P<{name}>[*_\s]*(?:{words})[*_]?\s?:(?:[*_\s].*)?)" for name, words in _LABELS.items()), re.IGNORECASE
)

#: A signature begins behind it.
SIGNATURE = re.compile(r"--\s?|—\s?|_{2,200}")
_PROGRAM = _either(
    "my",
    "the",
    "an?",
    "outlook",
    "mail",
    "yahoo",
    "gmail",
    "samsung",
    "android",
    "ios",
    "iphone",
    "ipad",
    "blackberry",
    "proton ?mail",
    "aqua ?mail",
    "nine",
    "spark",
    "windows",
    "k-?9",
    "fairemail",
    "thunderbird",
    "bluemail",
    "hey",
    "workspace",
    "tablet",
    "surface",
    "typeapp",
    "mymail",
    "zoho",
    "o2",
    "ee",
    "vodafone",
)
ADVERTISEMENT = _line(
    rf"sent (?:from|via|with|using|by) \[?{_PROGRAM}\b.{{0,120}}",
    r"(?:get|download|try) (?:the )?(?:outlook|bluemail|spark|k-9|yahoo mail) (?:for|on|app)\b.{0,120}",
    r"(?:diese (?:nachricht|e-?mail|mail) wurde )?(?:von|mit|aus|über) (?:mein(?:em|er)|outlook|der) .{1,80} gesendet\.?",
    r"gesendet (?:von|mit|aus|über|vom) .{1,100}",
    r"(?:holen sie sich|laden sie|beziehen sie) outlook\b.{0,120}",
    r"outlook für (?:ios|android|mac) (?:beziehen|herunterladen).{0,80}",
    r"(?:envoyé|expédié) (?:de|depuis|avec|à partir de|à partir d['’]|par|via) ?.{1,100}",
    r"(?:obtenir|obtenez|télécharger|téléchargez) outlook\b.{0,120}",
    r"(?:wedi['’]i anfon|anfonwyd|danfonwyd) (?:o|oddi ar|gan|gyda|drwy|o['’]m|o['’]r) ?.{1,100}",
    r"(?:cael|cewch|lawrlwytho) outlook\b.{0,120}",
    r"(?:virus-free|virenfrei|(?:garanti )?sans virus)\b.{0,120}",
    r"(?:please )?(?:excuse|forgive) (?:any |my |the )?(?:typos?|typing|spelling|brevity|errors)\b.{0,80}",
)
#: A line of one link, as it stands beside an advertisement.
LINK = re.compile(r"[<\[(]?https?://\S+[>\])]?")

_WORD_MARKING = _either(
    "official",
    "secret",
    "restricted",
    "confidential",
    "unclassified",
    "protect",
    "protected",
    "internal",
    "public",
    "swyddogol",
    "vertraulich",
    "intern",
)
_CAVEAT = _either(
    "sensitive",
    "commercial",
    "personal",
    "locsen",
    "only",
    "(?:for )?(?:police |internal )?use(?: only)?",
    "sensitif",
    _WORD_MARKING,
)
_CLASSIFIED = _either(
    r"(?:this (?:e-?mail|message|document) (?:is|has been) (?:classified|marked)(?: as)?)",
    r"(?:protective |security )?(?:marking|classification)",
    "handling|gsc|dosbarthiad|klassifizierung",
)
#: A protective marking in a line of its own.
MARKING = re.compile(
    rf"(?:{_CLASSIFIED}\s*[:=]?\s*)?[\[(*|\s]*"
    + _either(rf"(?:top )?{_WORD_MARKING}(?:[-–—\s:/]+{_CAVEAT})*", "not protectively marked", "npm")
    + r"(?:\s*\[[^\]]{1,60}\])?[\])*\s]*[.:]?",
    re.IGNORECASE,
)
#: A marking with caveats of all kinds, in a line of nothing but capitals.
MARKING_IN_CAPITALS = re.compile(r"[\[(*|\s]*(?:OFFICIAL|RESTRICTED|SECRET|UNCLASSIFIED|SWYDDOGOL)\b[^a-z0-9]{0,60}")
#: A marking in front of words, in capitals or square brackets.
MARKING_BEFORE = re.compile(
    r"(?:\[(?:OFFICIAL|SECRET|RESTRICTED|UNCLASSIFIED|PROTECT|EXTERNAL|SWYDDOGOL)[^\]]{0,60}\]"
    r"|(?:OFFICIAL|RESTRICTED|UNCLASSIFIED|PROTECT|SWYDDOGOL)(?:[-–—: ]{1,3}SENSITIVE)?|NOT PROTECTIVELY MARKED)"
    r"(?![A-Za-z])[\s:|–—-]*(?P<rest>.*)"
)

_OUTSIDE = _either(
    "e-?mail", "message", "sender", "organi[sz]ation", "extern", "nachricht", "expéditeur", "neges", "e-bost", "outside"
)
#: Where a gateway's banner begins; it ends with its paragraph.
BANNER = re.compile(
    r"[*!\[\s⚠️_=-]*"
    + _either(
        r"(?:caution|warning|attention|achtung|vorsicht|warnung|rhybudd|gofal|important|alert|security notice)\b"
        rf".{{0,20}}[:!\]–-].{{0,300}}{_OUTSIDE}.*",
        r"\[?(?:extern|external|externe|allanol)(?: (?:e-?mail|sender|message|mail))?\]?[:.!]?",
        r"external (?:e-?mail|sender|message)\b.*",
        r"(?:this|the) (?:e-?mail|message|sender) (?:is |has )?(?:originated|came|comes|come|was sent|been sent)?"
        r" ?from (?:an? )?(?:outside|external).*",
        r"you don['’]t often get e-?mail from .*|some people who received this message don['’]t often get .*",
        r"sie erhalten nicht (?:häufig|oft) e-?mails von .*",
        r"vous n['’]obtenez pas souvent .*|vous ne recevez pas souvent .*",
        r"diese (?:e-?mail|nachricht) (?:stammt|kommt|wurde) von (?:einem |einer |außerhalb)?(?:extern)?.*",
        r"(?:cet? (?:e-?mail|courriel|message)) (?:provient|vient|a été envoyé) (?:de l['’]ext|d['’]un exp).*",
        r"(?:daeth|mae)(?:['’]r)? (?:yr |y )?(?:neges|e-bost) (?:hon|hwn)?.{0,40}(?:allanol|tu allan).*",
    ),
    re.IGNORECASE,
)
#: What stands in lines that go on a banner.
BANNER_GOES_ON = re.compile(
    r"\b(?:click|links?|attachments?|sender|recogni[sz]e|content is safe|organi[sz]ation|learn why|anhänge|absender|pièces jointes"
    r"|expéditeur|liens|atodiadau|dolenni|anfonwr|report suspicious|phish)",
    re.IGNORECASE,
)
_FINE = r"[*\s_=-]*"
#: Where the small print under a mail begins; nothing said follows it.
SMALL_PRINT = _line(
    rf"{_FINE}(?:disclaimer|confidentiality(?: notice)?|haftungsausschluss|avis de confidentialité|ymwadiad|legal notice)\b\s*:.*",
    rf"{_FINE}(?:disclaimer|confidentiality notice|haftungsausschluss|avis de confidentialité|ymwadiad|legal notice)",
    rf"{_FINE}(?:the )?(?:information|contents?|views?) (?:contained |expressed )?(?:in|of) this"
    r" (?:e-?mail|message|communication)\b.*",
    rf"{_FINE}this (?:e-?mail|message|communication|transmission)(?:,? (?:and|including) (?:any|all|its)\b.{{0,60}})?,?"
    r" (?:is|are|may|and|contains?|was|has|should)\b.{0,120}"
    r"(?:confidential|intended|privileged|scanned|addressee|checked for|recipient).*",
    rf"{_FINE}scanned (?:by|for)\b.*",
    rf"{_FINE}if you (?:have received this|received this|are not the intended|are not the addressee)\b.*",
    rf"{_FINE}diese (?:e-?mail|nachricht)\b.{{0,120}}(?:vertraulich|bestimmt).*",
    rf"{_FINE}ce (?:message|courriel|courrier)\b.{{0,120}}(?:confidentiel|destin).*",
    rf"{_FINE}mae(?:['’]r| yr| unrhyw)? (?:neges|e-bost|wybodaeth)\b.{{0,120}}(?:cyfrinachol|gyfrinachol|bwriad|fwriad).*",
    r"(?:please )?(?:consider the environment|think before you print|save paper).*",
)

_THANKS = _either(
    r"(?:(?:many|with|great|kind|best|warm) )?(?:thanks|thank you|thankyou|thx|ta|tks|cheers)"
    r"(?: (?:a lot|again|all|very much|so much|in advance|for (?:this|that|letting me know|the (?:update|alert|notice|heads up))"
    r"|and (?:best |kind )?(?:regards|wishes)))?",
    "(?:vielen |besten |herzlichen )?dank(?:e(?: schön| sehr)?)?",
    "merci(?: beaucoup| bien)?",
    "diolch(?: yn fawr(?: iawn)?| i chi)?",
)
THANKS = re.compile(_THANKS, re.IGNORECASE)
#: A line that ends what is said; a name, a post and a number may follow.
CLOSING = _line(
    _THANKS,
    "(?:(?:kind(?:est)?|best|warm(?:est)?|with (?:kind|best)|many) )?(?:regards|wishes)",
    "best|all the best|yours(?: (?:sincerely|faithfully|truly))?|sincerely",
    "kr|rgds|br|mfg|lg|vg|bw",
    "(?:mit )?(?:freundlichen?|besten?|vielen?|lieben?|herzlichen?|schönen?) gr(?:ü|ue)(?:ß|ss)en?",
    "(?:bien )?(?:cordialement|amicalement)(?: vôtre)?|(?:meilleures|sincères) salutations|bien à (?:vous|toi)",
    "cofion(?: (?:gorau|cynnes))?|yn gywir|yn gu|hwyl(?: fawr)?",
)
