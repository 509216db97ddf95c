"""One invented study in every form that PubMed gives a record in. All of it is synthetic."""

from __future__ import annotations

from synthetic import article_set

from models.record import Section

PMID = "90000042"
TITLE = "Invented CD22 CAR T cells after CD19 failure: a made-up phase 1 trial."
DOI = "10.5555/synthetic.42"
JOURNAL = "Synth J Cell Ther"
SECTIONS = (
    Section(
        label="BACKGROUND",
        category="BACKGROUND",
        text="Relapse with loss of CD19 is an invented problem: no drug helps (ALL: most).",
    ),
    Section(
        label="PATIENTS AND METHODS",
        category="METHODS",
        text="We gave 1 × 10^6 cells/kg to 20 patients (NCT90000042).",
    ),
    Section(label="RESULTS", category="RESULTS", text="Of 20 patients, 15 (75%) had CR; RESULTS held for 12 months."),
    Section(label="CONCLUSION", category="CONCLUSIONS", text="CD22 CAR T cells may be of use."),
)
ABSTRACT = "\n".join(section.canonical for section in SECTIONS)
AFFILIATIONS = ("Department of Fiction, Hospital of Nowhere, Atlantis.", "Institute of Examples, Utopia.")
KEYWORDS = ("CAR T cells", "CD22")
CORRECTION = "Synth J Cell Ther. 2031 Jan;4(1):9"

XML = article_set(
    f"""<PubmedArticle><MedlineCitation><PMID Version="1">{PMID}</PMID><Article><Journal><JournalIssue><PubDate>
<Year>2030</Year><Month>Nov</Month></PubDate></JournalIssue><Title>Synthetic Journal of Cell Therapy</Title></Journal>
<ArticleTitle>{TITLE}</ArticleTitle><Abstract>
<AbstractText Label="BACKGROUND" NlmCategory="BACKGROUND">{SECTIONS[0].text}</AbstractText>
<AbstractText Label="PATIENTS AND METHODS" NlmCategory="METHODS">We gave 1 × 10<sup>6</sup> cells/kg to 20
patients (NCT90000042).</AbstractText>
<AbstractText Label="RESULTS" NlmCategory="RESULTS">{SECTIONS[2].text}</AbstractText>
<AbstractText Label="CONCLUSION" NlmCategory="CONCLUSIONS">{SECTIONS[3].text}</AbstractText>
<CopyrightInformation>© 2030. Nobody at all.</CopyrightInformation></Abstract>
<AuthorList><Author><LastName>Muster</LastName><ForeName>Eva</ForeName><Initials>E</Initials>
<AffiliationInfo><Affiliation>{AFFILIATIONS[0]}</Affiliation></AffiliationInfo></Author>
<Author><LastName>Doe</LastName><ForeName>John Q</ForeName><Initials>JQ</Initials>
<AffiliationInfo><Affiliation>{AFFILIATIONS[0]}</Affiliation></AffiliationInfo>
<AffiliationInfo><Affiliation>{AFFILIATIONS[1]}</Affiliation></AffiliationInfo></Author>
<Author><CollectiveName>Synthetic Study Group</CollectiveName></Author></AuthorList><Language>eng</Language>
<PublicationTypeList><PublicationType>Clinical Trial, Phase I</PublicationType>
<PublicationType>Retracted Publication</PublicationType></PublicationTypeList>
<ArticleDate DateType="Electronic"><Year>2030</Year><Month>5</Month><Day>20</Day></ArticleDate></Article>
<MedlineJournalInfo><MedlineTA>{JOURNAL}</MedlineTA></MedlineJournalInfo>
<CommentsCorrectionsList><CommentsCorrections RefType="ErratumIn"><RefSource>{CORRECTION}</RefSource>
<PMID>90000043</PMID></CommentsCorrections></CommentsCorrectionsList>
<MeshHeadingList><MeshHeading><DescriptorName>Antigens, CD22</DescriptorName></MeshHeading></MeshHeadingList>
<KeywordList><Keyword>CAR T cells</Keyword><Keyword>CD22</Keyword></KeywordList></MedlineCitation><PubmedData>
<ArticleIdList><ArticleId IdType="doi">{DOI}</ArticleId><ArticleId IdType="pmc">PMC9000042</ArticleId></ArticleIdList>
</PubmedData></PubmedArticle>"""
)

MEDLINE = f"""
PMID- {PMID}
OWN - NLM
STAT- MEDLINE
DCOM- 20301201
IS  - 0000-0000 (Print)
VI  - 33
DP  - 2030 Nov
TI  - Invented CD22 CAR T cells after CD19 failure: a made-up phase 1
      trial.
LID - 10.5555/synthetic.42 [doi]
AB  - BACKGROUND: Relapse with loss of CD19 is an invented problem: no drug helps
      (ALL: most). PATIENTS AND METHODS: We gave 1 × 10^6 cells/kg to 20 patients
      (NCT90000042). RESULTS: Of 20 patients, 15 (75%) had CR; RESULTS held for 12
      months. CONCLUSION: CD22 CAR T cells may be of use.
CI  - © 2030. Nobody at all.
FAU - Muster, Eva
AU  - Muster E
AD  - Department of Fiction, Hospital of Nowhere,
      Atlantis.
FAU - Doe, John Q
AU  - Doe JQ
AD  - Department of Fiction, Hospital of Nowhere, Atlantis.
AD  - Institute of Examples, Utopia.
CN  - Synthetic Study Group
LA  - eng
SI  - ClinicalTrials.gov/NCT90000042
PT  - Clinical Trial, Phase I
PT  - Retracted Publication
DEP - 20300520
TA  - Synth J Cell Ther
JT  - Synthetic Journal of Cell Therapy
SB  - IM
EIN - Synth J Cell Ther. 2031 Jan;4(1):9. PMID: 90000043
MH  - *Antigens, CD22/immunology/
      metabolism
OAB - Publisher: Zusammenfassung. RESULTS: Anderer Text.
OT  - CAR
      T cells
OT  - *CD22
PMC - PMC9000042
AID - S000 [pii]
AID - 10.5555/synthetic.42 [doi]
PST - ppublish
SO  - Synth J Cell Ther. 2030 Nov;33(11):2-9. doi: 10.5555/synthetic.42.
"""

OLD_PAGE = f"""Format

Send to

Choose Destination
Synth J Cell Ther. 2030 Nov;33(11):2-9. doi: {DOI}. Epub 2030 May 20.

{TITLE}

Muster E#1, Doe JQ#1,2; Synthetic Study Group.

Erratum in
{CORRECTION}. PMID: 90000043

Author information

1
{AFFILIATIONS[0]}
2
{AFFILIATIONS[1]}

Abstract

BACKGROUND:
{SECTIONS[0].text}

PATIENTS AND METHODS:
{SECTIONS[1].text}

RESULTS:
{SECTIONS[2].text}

CONCLUSION:
{SECTIONS[3].text}

© 2030. Nobody at all.

KEYWORDS:
CAR T cells; CD22

PMID:
{PMID}
PMCID:
PMC9000042
DOI:
{DOI}
[Indexed for MEDLINE]
Free PMC Article

Supplemental Content

Full text links

Icon for Synthetic Publishing Group
Loading ...
Support Center"""

NEW_PAGE = f"""An official website of the United States government
Here's how you know
Log in
Search:
Advanced
Clipboard
User Guide
Save
Email
Send to
Display options
Format
Abstract
Full text links
Cite
Clinical Trial
Synth J Cell Ther
Actions
. 2030 Nov;33(11):2-9. doi: {DOI}. Epub 2030 May 20.
{TITLE}
Eva Muster # 1 , John Q Doe # 1 2 ; Synthetic Study Group
Affiliations expand
1 {AFFILIATIONS[0]}
2 {AFFILIATIONS[1]}
PMID: {PMID} PMCID: PMC9000042 DOI: {DOI}
Free PMC article
Abstract
Background: {SECTIONS[0].text}

Patients and methods: {SECTIONS[1].text}

Results: {SECTIONS[2].text}

Conclusion: {SECTIONS[3].text}

Keywords: CAR T cells; CD22.

© 2030. Nobody at all.

Conflict of interest statement
The authors declare that nobody exists.

Figures
Fig. 1. An invented flow chart of 99 patients.

Similar articles
Another invented study of 88 patients.
Nemo N. Synth J. 2029. PMID: 90000099
See all similar articles
Cited by
A third one.
Erratum in
{CORRECTION}. PMID: 90000043
Publication types
Clinical Trial, Phase I
Actions
Search in PubMed
Search in MeSH
Add to Search
Retracted Publication
Actions
MeSH terms
Antigens, CD22 / immunology*
Actions
Substances
Antigens, CD22
Actions
LinkOut - more resources
Full Text Sources
PubMed Central"""

EXPORT = f"""1. Synth J Cell Ther. 2030 Nov;33(11):2-9. doi: {DOI}. Epub
2030 May 20.

Invented CD22 CAR T cells after CD19 failure: a made-up phase 1
trial.

Muster E(#)(1), Doe JQ(#)(1)(2); Synthetic Study Group.

Author information:
(1)Department of Fiction, Hospital of Nowhere,
Atlantis.
(2)Institute of Examples, Utopia.
(#)Contributed equally

Erratum in
    Synth J Cell Ther. 2031 Jan;4(1):9.
      PMID: 90000043

BACKGROUND: Relapse with loss of CD19 is an invented problem: no drug helps
(ALL: most).
PATIENTS AND METHODS: We gave 1 × 10^6 cells/kg to 20 patients
(NCT90000042).
RESULTS: Of 20 patients, 15 (75%) had CR; RESULTS held for 12 months.
CONCLUSION: CD22 CAR T cells may be of use.

© 2030. Nobody at all.

DOI: {DOI}
PMCID: PMC9000042
PMID: {PMID} [Indexed for MEDLINE]

Conflict of interest statement: The authors declare that nobody exists.
"""

HTML = f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Invented - PubMed</title>
<meta name="citation_title" content="{TITLE}"><meta name="citation_pmid" content="{PMID}">
<meta name="citation_doi" content="{DOI}"><meta name="citation_publisher" content="{JOURNAL}">
<meta name="citation_author" content="Eva Muster"><meta name="citation_author" content="John Q Doe">
<meta name="citation_author_institution" content="{AFFILIATIONS[0]}">
<meta name="citation_author_institution" content="{AFFILIATIONS[1]}">
<meta name="citation_pmcid" content="PMC9000042"><meta name="citation_date" content="11/01/2030">
<script>var menu = "Abstract";</script></head><body><nav>Search Save Email</nav>
<div class="article-citation"><button class="journal-actions-trigger">{JOURNAL}</button>
<span class="cit">2030 Nov;33(11):2-9.</span> <span class="citation-doi">doi: {DOI}.</span>
<span class="secondary-date">Epub 2030 May 20.</span></div>
<h1 class="heading-title">
   {TITLE}
</h1><strong class="current-id">{PMID}</strong>
<div class="abstract" id="abstract"><h2 class="title">Abstract</h2>
<div class="abstract-content selected" id="eng-abstract">
<p><strong class="sub-title">Background: </strong>{SECTIONS[0].text}</p>
<p><strong class="sub-title"> Patients and methods: </strong> We gave 1 × 10<sup>6</sup> cells/kg to 20
 patients (NCT90000042).</p>
<p><strong class="sub-title">Results: </strong>{SECTIONS[2].text}</p>
<p><strong class="sub-title">Conclusion: </strong>{SECTIONS[3].text}</p></div>
<p><strong class="sub-title">Keywords: </strong>CAR T cells; CD22.</p>
<p class="copyright">© 2030. Nobody at all.</p></div>
<div class="similar-articles">Another invented study. PMID: 90000099</div>
<div id="publication-types"><ul><li><div><button class="keyword-actions-trigger">Clinical Trial, Phase I</button>
<div class="actions"><a>Search in PubMed</a></div></div></li>
<li><button class="keyword-actions-trigger">Retracted Publication</button></li></ul></div>
<div id="mesh-terms"><button class="keyword-actions-trigger">Antigens, CD22 / immunology*</button></div>
</body></html>"""
