// The preference set: which of two answers to the same prompt is better. It is kept in this browser alone until it is
// downloaded or trained on.
const KEY = "preferences";

const load = () => JSON.parse(localStorage.getItem(KEY) ?? "[]");
const save = (set) => localStorage.setItem(KEY, JSON.stringify(set));
const find = (set, messages) => set.find((one) => JSON.stringify(one.messages) === JSON.stringify(messages));

/** "up", "down" or undefined. */
export const voteOf = (messages, answer) => find(load(), messages)?.votes[answer];

/** Gives a vote on an answer to the messages before it; undefined takes it back. */
export function vote(messages, answer, direction) {
  const set = load();
  let one = find(set, messages);
  if (!one) set.push((one = { messages, votes: {} }));
  if (direction) one.votes[answer] = direction;
  else delete one.votes[answer];
  save(set.filter((other) => Object.keys(other.votes).length > 0));
}

export const countVotes = () => load().reduce((sum, one) => sum + Object.keys(one.votes).length, 0);

/** Every better answer with every worse one to the same prompt, in OpenAI's form for direct preference optimisation. */
export function pairs() {
  const answers = (one, direction) => Object.keys(one.votes).filter((answer) => one.votes[answer] === direction);
  const message = (content) => [{ role: "assistant", content }];
  return load().flatMap((one) => answers(one, "up").flatMap((better) => answers(one, "down").map((worse) => ({
    input: { messages: one.messages },
    preferred_output: message(better),
    non_preferred_output: message(worse),
  }))));
}

export const asFile = () => new File(pairs().map((pair) => `${JSON.stringify(pair)}\n`), "preferences.jsonl", { type: "application/jsonl" });

export const forgetAll = () => localStorage.removeItem(KEY);
