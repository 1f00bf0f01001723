/* Search over all insights, in the reader's own browser. It reads search/months.json and one file for each month from
   this site and nothing from anywhere else. Words are put into the page as text, never as markup. */

"use strict";

(() => {
  const MOST_SHOWN = 60;
  const LONGEST_EXCERPT = 220;
  const BEFORE_A_HIT = 60;
  const SHORTEST_STEM = 4;
  const WEIGHTS = { claim: 6, topics: 4, speaker: 3, show: 3, episode: 2, explanation: 2, quote: 1 };
  const root = new URL("../", document.baseURI);
  const form = document.getElementById("search-form");
  const input = document.getElementById("search-words");
  const status = document.getElementById("search-status");
  const list = document.getElementById("search-found");
  let reading = null;

  // Scripts that write words together.
  const TOGETHER = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]+/gu;
  const isTogether = (word) => word.search(TOGETHER) >= 0;
  const PIECES = /[^\s、。，！？；：]+/gu;

  const folded = (text) => {
    const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
    return ` ${plain.replace(/[^\p{L}\p{N}]+/gu, " ").replace(TOGETHER, " $& ")}`;
  };

  const stemOf = (word) => (word.length > SHORTEST_STEM ? word.replace(/(ing|ed|es|s|ly)$/, "") : word);

  // Of words that are written together nobody knows where one ends, so each pair of signs is looked for.
  const pairsOf = (word) => {
    const signs = [...word];
    return signs.length > 2 ? signs.slice(1).map((sign, place) => signs[place] + sign) : [word];
  };

  const stemsOf = (words) => {
    const found = folded(words).split(" ").filter(Boolean);
    return [...new Set(found.flatMap((word) => (isTogether(word) ? pairsOf(word) : [stemOf(word)])))];
  };

  const holds = (text, stem) => text.includes(isTogether(stem) ? stem : ` ${stem}`);

  const read = async (path) => {
    const answer = await fetch(new URL(path, root));
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  };

  const everything = async () => {
    const months = await read("search/months.json");
    const parts = await Promise.all(months.map((month) => read(`search/${month}.json`)));
    return parts.flat().map((insight) => {
      const fields = Object.keys(WEIGHTS).map((name) => [WEIGHTS[name], folded(String(insight[name]))]);
      return { insight, fields };
    });
  };

  const scoreOf = (fields, stems) => {
    let hits = 0;
    let weight = 0;
    for (const stem of stems) {
      const best = Math.max(...fields.map(([worth, text]) => (holds(text, stem) ? worth : 0)));
      hits += best > 0;
      weight += best;
    }
    return hits * 1000 + weight;
  };

  const isHit = (word, stems) => stems.some((stem) => holds(folded(word), stem));

  // Where to begin, so that the first word that was looked for is in sight.
  const excerptOf = (text, stems) => {
    if (text.length <= LONGEST_EXCERPT) return text;
    const hit = [...text.matchAll(PIECES)].find(([word]) => isHit(word, stems));
    const isInSight = !hit || hit.index <= LONGEST_EXCERPT - BEFORE_A_HIT;
    const space = isInSight ? 0 : text.indexOf(" ", hit.index - BEFORE_A_HIT);
    const from = isInSight || (space >= 0 && space < hit.index) ? space : hit.index;
    const cut = text.slice(from, from + LONGEST_EXCERPT);
    const ended = from + LONGEST_EXCERPT < text.length ? `${cut.replace(/\s+\S{0,40}$/, "")} …` : cut;
    return from ? `… ${ended.trimStart()}` : ended;
  };

  const written = (day) =>
    new Date(`${day}T00:00:00Z`).toLocaleDateString("en-GB", {
      day: "numeric", month: "long", year: "numeric", timeZone: "UTC",
    });

  const element = (tag, text, className) => {
    const made = document.createElement(tag);
    made.textContent = text;
    if (className) made.className = className;
    return made;
  };

  // The words that were looked for stand out; all else stays the text that it is.
  const marked = (made, text, stems) => {
    const parts = text.split(/(\s+|[、。，！？；：]+)/).map((word) => (isHit(word, stems) ? element("mark", word) : word));
    made.replaceChildren(...parts);
    return made;
  };

  const rowOf = (insight, stems) => {
    const row = document.createElement("li");
    const link = marked(element("a", ""), insight.claim, stems);
    link.href = new URL(insight.page, root);
    link.dir = "auto";
    const meta = element("span", "", "meta");
    for (const name of [insight.speaker, insight.show].filter(Boolean)) meta.append(element("bdi", name), ", ");
    meta.append(written(insight.date));
    row.append(link, meta);
    const isOnlyQuoted = !isHit(insight.explanation, stems) && isHit(insight.quote, stems);
    const text = isOnlyQuoted ? `“${insight.quote}”` : insight.explanation;
    if (text) {
      const excerpt = marked(element("span", "", "excerpt"), excerptOf(text, stems), stems);
      excerpt.dir = "auto";
      row.append(excerpt);
    }
    return row;
  };

  const show = (found, words, stems) => {
    list.replaceChildren(...found.slice(0, MOST_SHOWN).map(({ insight }) => rowOf(insight, stems)));
    const shown = found.length > MOST_SHOWN ? `, the best ${MOST_SHOWN} are shown` : "";
    status.textContent = found.length
      ? `${found.length} ${found.length === 1 ? "insight has" : "insights have"} words of “${words}”${shown}.`
      : `No insight has words of “${words}”.`;
  };

  const search = async (words) => {
    const stems = stemsOf(words);
    if (!stems.length) {
      list.replaceChildren();
      status.textContent = "";
      return;
    }
    status.textContent = "Searching …";
    try {
      reading ??= everything();
      const scored = (await reading).map(({ insight, fields }) => ({ insight, score: scoreOf(fields, stems) }));
      if (input.value.trim() !== words) return;
      const found = scored.filter(({ score }) => score > 0);
      const best = Math.max(0, ...found.map(({ score }) => Math.floor(score / 1000)));
      const kept = found.filter(({ score }) => Math.floor(score / 1000) === best);
      kept.sort((one, other) => other.score - one.score || other.insight.date.localeCompare(one.insight.date));
      show(kept, words, stems);
    } catch {
      reading = null;
      status.textContent =
        "The index could not be read. Opened from a folder, pages may not read other files: use podcast-insights serve.";
    }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const words = input.value.trim();
    history.replaceState(null, "", words ? `?q=${encodeURIComponent(words)}` : location.pathname);
    search(words);
  });
  input.addEventListener("input", () => search(input.value.trim()));
  input.disabled = false;
  const asked = new URLSearchParams(location.search).get("q");
  if (asked) {
    input.value = asked;
    search(asked.trim());
  }
})();
