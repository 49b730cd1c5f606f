// Gives votes through the page's own script and prints the set it makes as one JSON document.
//   node preferences.mjs SCRIPT_URL
const kept = new Map();
globalThis.localStorage = {
  getItem: (key) => kept.get(key) ?? null,
  setItem: (key, value) => kept.set(key, value),
  removeItem: (key) => kept.delete(key),
};
const script = await (await fetch(process.argv[2])).text();
const { asFile, countVotes, forgetAll, pairs, vote, voteOf } = await import(`data:text/javascript,${encodeURIComponent(script)}`);

const question = [{ role: "user", content: "안녕?" }];
const other = [...question, { role: "assistant", content: "네." }, { role: "user", content: "Go on" }];
vote(question, "좋은 답", "up");
vote(question, "bad", "down");
vote(question, "worse", "down");
vote(other, "alone", "up");
const told = { votes: countVotes(), pairs: pairs(), lines: (await asFile().text()).split("\n").filter(Boolean).length, up: voteOf(question, "좋은 답") };
vote(question, "worse", undefined);
vote(question, "bad", "up");
told.changed = { votes: countVotes(), pairs: pairs().length };
forgetAll();
told.forgotten = countVotes();
console.log(JSON.stringify(told));
