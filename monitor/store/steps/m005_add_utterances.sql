-- Keep with a finding what sort of news it is, through whom it came, how firmly it was put, and of which day.

ALTER TABLE findings ADD COLUMN kind TEXT /* what sort of news it is, such as denial, other-figure or correction; NULL: not read then */;
ALTER TABLE findings ADD COLUMN chain TEXT /* JSON: name and kind of each who passes it on, the outermost first, and of the speaker last where one is named; NULL: not read then */;
ALTER TABLE findings ADD COLUMN how TEXT /* what the speaker does, such as says or denies; NULL: not read then */;
ALTER TABLE findings ADD COLUMN firmness TEXT /* how sure the sentence is: fact, likely, possible, unverified or conditional; NULL: not read then */;
ALTER TABLE findings ADD COLUMN said_from TEXT /* the first day on which it may have been said, where its sentence says "last week"; else the same as said_on */;
ALTER TABLE findings ADD COLUMN said_on TEXT /* the last day on which it may have been said; NULL: not read then, or no day can be believed */;
ALTER TABLE findings ADD COLUMN dated INTEGER CHECK (dated IN (0, 1)) /* 1: the words of the sentence tell said_on; 0: it is the day of the article; NULL: not read then */;

DROP VIEW current_findings;

CREATE VIEW current_findings AS -- The findings that stand: by the newest version of the article, wording of the claim and judge that gave an answer
SELECT findings.id, claims.id AS claim_id, claims.text AS claim, findings.stance, findings.manner, findings.kind,
       findings.asserted_by, findings.chain, findings.how, findings.firmness, findings.said_from,
       findings.said_on, findings.dated,
       findings.evidence, findings.figure_old, findings.figure_new,
       round(findings.score, 3) AS score, articles.outlet, versions.title, articles.url, versions.lang,
       coalesce(versions.published_at, articles.feed_published_at) AS published_at, findings.found_at,
       findings.version_id, findings.revision_id, findings.judge_id, articles.id AS article_id
FROM findings
JOIN versions ON versions.id = findings.version_id
JOIN articles ON articles.id = versions.article_id
JOIN claim_revisions ON claim_revisions.id = findings.revision_id
JOIN claims ON claims.id = claim_revisions.claim_id
           AND claims.text = claim_revisions.text
           AND claims.lang = claim_revisions.lang
WHERE claims.listed = 1
  AND findings.version_id = (
    SELECT max(newest.id) FROM versions AS newest WHERE newest.article_id = versions.article_id
  )
  AND findings.judge_id = (
    SELECT judges.id FROM judgements JOIN judges ON judges.id = judgements.judge_id
    WHERE judgements.version_id = findings.version_id AND judgements.revision_id = findings.revision_id
      AND judgements.error IS NULL
    ORDER BY judges.last_used_at DESC, judges.id DESC LIMIT 1
  );
