-- theme_rates: How often does each document speak of each theme, per 1,000 characters (count_themes without its intervals)?
SELECT d.doc, d.city_zh, d.city_en, t.theme, count(h.doc) AS n, 1000.0 * count(h.doc) / nullif(d.n_chars, 0) AS per_1000_chars
FROM documents d CROSS JOIN (SELECT DISTINCT theme FROM theme_hits) t LEFT JOIN theme_hits h ON h.doc = d.doc AND h.theme = t.theme
GROUP BY d.doc, d.city_zh, d.city_en, d.n_chars, t.theme ORDER BY d.doc, t.theme

-- themes_overall: Which themes fill most of the corpus, and in how many documents do they occur?
SELECT theme, count(*) AS n, count(DISTINCT doc) AS n_docs, 1000.0 * count(*) / (SELECT sum(n_chars) FROM documents) AS per_1000_chars
FROM theme_hits GROUP BY theme ORDER BY n DESC, theme

-- instruments_by_city: Which instruments of supervision does each city show, and with how much evidence?
SELECT d.city_zh, e.code, e.state, count(*) AS n_evidence, count(DISTINCT e.doc) AS n_docs
FROM approach_evidence e JOIN documents d USING (doc) GROUP BY ALL ORDER BY d.city_zh, e.code, e.state

-- evidence_with_context: What does the text around a piece of evidence say?
SELECT e.doc, e.code, e.state, e.quote, s.text FROM approach_evidence e JOIN sentences s USING (doc, sentence)
ORDER BY e.doc, e.start, e.code LIMIT 100

-- numbers_by_indicator: Which results are claimed most, in what range, and how many of the numbers are settled?
SELECT indicator_zh, unit, count(*) AS n, count(value) AS n_settled, count(DISTINCT doc) AS n_docs, min(value) AS lowest, median(value) AS middle,
max(value) AS highest FROM outcomes WHERE indicator_zh <> '' GROUP BY ALL ORDER BY n DESC, indicator_zh, unit

-- numbers_left_open: Which numbers of a damaged text have more than one reading?
SELECT doc, quote, value, status FROM outcomes WHERE status = 'ambiguous' ORDER BY doc, start LIMIT 100

-- terms_in_context: Where does a word occur (here 养老服务), with its sentence and page?
SELECT doc, section, sentence, page, text FROM sentences WHERE contains(text, '养老服务') ORDER BY doc, start LIMIT 100

-- what_was_odd: What could not be read, or was odd?
SELECT problem, count(*) AS n, min(source) AS example, min(detail) AS detail FROM problems GROUP BY problem ORDER BY n DESC, problem
