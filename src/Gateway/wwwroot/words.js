// The page's words: Korean where the browser asks for it, else English.
const en = {
  skip: "Skip to content", links: "Links", apiDocs: "API reference", apiModels: "Models", health: "Health",
  healthy: "Healthy", unhealthy: "Not ready", model: "Model", noModel: "none",
  keyTitle: "An API key is needed",
  keyHelp: "Make one on the machine itself with this command, and enter it here. It stays in this tab.",
  keyLabel: "API key", keyUse: "Use it",
  noModelsTitle: "There is no model yet",
  noModelsHelp: "Give the platform a folder in Hugging Face's layout, or fetch one:",
  noModelsAdd: "From a folder", noModelsPull: "From Hugging Face", noModelsStart: "At every start", reload: "Look again",
  chatTitle: "Chat", clear: "New chat", conversation: "Conversation",
  chatEmpty: "Ask something. The answer appears as it is made.",
  prompt: "Message", promptHint: "Your message (Enter sends, Shift+Enter breaks the line)", send: "Send", stop: "Stop",
  you: "You", working: "The model is answering.", answered: "Answer:", stopped: "Stopped.",
  usage: "{0} tokens in, {1} tokens out, {2} tokens/s, first token after {3} s",
  embedTitle: "Similarity", first: "First sentence", second: "Second sentence", compare: "Compare", cosine: "cosine similarity",
  embedUsage: "{0} dimensions, {1} tokens",
  firstExample: "A cat sleeps on the sofa.", secondExample: "A kitten naps on the couch.",
  apiTitle: "From a program", apiHelp: "Any client made for OpenAI works. Only its base address changes:",
  unreachable: "The platform does not answer.",
};

const ko = {
  skip: "본문으로 건너뛰기", links: "링크", apiDocs: "API 문서", apiModels: "모델 목록", health: "상태",
  healthy: "정상", unhealthy: "준비되지 않음", model: "모델", noModel: "없음",
  keyTitle: "API 키가 필요합니다",
  keyHelp: "이 명령으로 해당 컴퓨터에서 키를 만든 뒤 여기에 입력하세요. 키는 이 탭에만 남습니다.",
  keyLabel: "API 키", keyUse: "사용",
  noModelsTitle: "아직 모델이 없습니다",
  noModelsHelp: "Hugging Face 형식의 폴더를 등록하거나 내려받으세요.",
  noModelsAdd: "폴더에서", noModelsPull: "Hugging Face에서", noModelsStart: "시작할 때마다", reload: "다시 확인",
  chatTitle: "대화", clear: "새 대화", conversation: "대화 내용",
  chatEmpty: "무엇이든 물어보세요. 답이 만들어지는 대로 나타납니다.",
  prompt: "메시지", promptHint: "메시지 (Enter로 보내기, Shift+Enter로 줄 바꿈)", send: "보내기", stop: "멈추기",
  you: "나", working: "모델이 답하고 있습니다.", answered: "답:", stopped: "멈췄습니다.",
  usage: "입력 {0}토큰, 출력 {1}토큰, 초당 {2}토큰, 첫 토큰까지 {3}초",
  embedTitle: "유사도", first: "첫 번째 문장", second: "두 번째 문장", compare: "비교", cosine: "코사인 유사도",
  embedUsage: "{0}차원, {1}토큰",
  firstExample: "고양이가 소파에서 잔다.", secondExample: "새끼 고양이가 소파에서 낮잠을 잔다.",
  apiTitle: "프로그램에서", apiHelp: "OpenAI용 클라이언트라면 무엇이든 됩니다. 기본 주소만 바꾸세요.",
  unreachable: "플랫폼이 응답하지 않습니다.",
};

export const language = (navigator.languages?.[0] ?? navigator.language ?? "en").toLowerCase().startsWith("ko") ? "ko" : "en";

const words = language === "ko" ? ko : en;

export const say = (key, ...values) => words[key].replace(/\{(\d)\}/g, (_, index) => values[index]);

/** Puts the words into every element that asks for some. */
export function translate(root) {
  root.documentElement.lang = language;
  for (const element of root.querySelectorAll("[data-words]")) {
    element.textContent = say(element.dataset.words);
  }
  for (const element of root.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", say(element.dataset.label));
  }
  for (const element of root.querySelectorAll("[data-placeholder]")) {
    element.placeholder = say(element.dataset.placeholder);
  }
}
