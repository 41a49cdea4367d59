-- Keep every address that leads to an article, and find articles by their text.
-- Of two rows whose addresses differ in http and https, the one that was read keeps the address.

CREATE TABLE addresses ( -- Every address known to lead to an article
  address TEXT PRIMARY KEY, -- without http:// or https://, which are one
  article_id INTEGER NOT NULL REFERENCES articles(id),
  sure INTEGER NOT NULL CHECK (sure IN (0, 1)) -- 1: a feed or the server led there; 0: only the page says so, and a feed's headline has to agree
) STRICT, WITHOUT ROWID;

CREATE INDEX addresses_article ON addresses(article_id);

CREATE INDEX versions_content ON versions(content_hash);

INSERT INTO addresses (address, article_id, sure)
SELECT substr(url, instr(url, '://') + 3), coalesce(same_as, (
         SELECT found.id FROM articles AS found
         WHERE found.canonical_url = articles.url AND found.state = 'read' AND articles.state <> 'read'
       ), id), 1
FROM articles
WHERE true
ORDER BY state = 'read' DESC, id
ON CONFLICT DO NOTHING;

INSERT INTO addresses (address, article_id, sure)
SELECT substr(canonical_url, instr(canonical_url, '://') + 3), id, 0
FROM articles
WHERE state = 'read' AND canonical_url IS NOT NULL
ORDER BY id
ON CONFLICT DO NOTHING;
