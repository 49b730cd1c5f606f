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
  you: "You", working: "The model is answering.", looking: "Looking it up.", answered: "Answer:", stopped: "Stopped.", emptyAnswer: "The model ended its answer before the first word. Send the message again for another try.",
  usage: "{0} tokens in, {1} tokens out, {2} tokens/s, first token after {3} s",
  startTitle: "Chat, ask documents and train, on your own machine", doors: "What you can do here",
  doorChat: "Talk to a model, rate its answers.", doorDocs: "Quoted, with the source.",
  doorUpload: "PDF, Word, Excel, text, HTML.", doorTrainTitle: "Train", doorTrain: "Fine-tune, with live curves.",
  docsTitle: "Ask the documentation", docsHint: "A question about this platform", examples: "Examples",
  docsExample1: "Which port does gRPC answer on?", docsExample2: "How do I train a model?", docsExample3: "Who may read my documents?",
  docsIndexing: "Being indexed: {0} of {1} documents. It can be asked meanwhile.", docsMore: "Search it, or ask documents of your own",
  embedTitle: "Similarity", first: "First sentence", second: "Second sentence", compare: "Compare", cosine: "cosine similarity",
  embedUsage: "{0} dimensions, {1} tokens",
  firstExample: "A cat sleeps on the sofa.", secondExample: "A kitten naps on the couch.",
  apiTitle: "From a program", apiHelp: "Any client made for OpenAI works. Only its base address changes:",
  unreachable: "The platform does not answer.",
  documentsTitle: "Documents", startPage: "Start page", storeTitle: "Collection", deleteStore: "Delete collection", deleteIt: "Delete", newStore: "New collection", make: "Make",
  noStore: "none", noStoreHint: "Make a collection, or just add documents.", firstStore: "My documents", ofPlatform: "{0} (the platform's)",
  storeHint: "{0} of {1} documents indexed, {2} passages, {3}", wordsOnly: "searched by words only", storeDone: "Documents: {0}, passages: {1}, {2}", goesTo: "They go into the collection {0}.",
  deleteStoreQuestion: "Delete the collection {0} with its {1} documents?",
  uploadTitle: "Add documents", dropHere: "Drop files here, or", chooseFiles: "choose files", uploads: "Uploads",
  kinds: "Text, Markdown, HTML, CSV, JSON Lines, PDF, Word, PowerPoint, Excel",
  askTitle: "Search and ask", answerBy: "Answer", quoted: "quoted from the documents", wordedBy: "worded by {0}", score: "Score", question: "Question",
  questionHint: "What do you want to know? (Enter asks, Shift+Enter breaks the line)", ask: "Ask", search: "Search",
  citations: "Citations", passages: "Passages", nothingFound: "Nothing found.", notInDocuments: "The documents do not say.",
  unsupported: "{0} sentences that no cited passage bears out are underlined.", unsupportedHint: "No cited passage bears this out.",
  page: "page {0}", why: "Why this score?",
  keywordPart: "Words: BM25 {0}, place {1}, scaled {2}", noKeyword: "Words: not found by them",
  densePart: "Meaning: cosine {0}, place {1}, scaled {2}", noDense: "Meaning: not found by it",
  weightPart: "Share of meaning: {0}", termsPart: "Terms: {0}", diversityPart: "Taken away for likeness to others: {0}",
  listTitle: "Documents in the collection", show: "Show", all: "all", document: "Document", status: "Status", chunks: "Passages", actions: "Actions",
  in_progress: "being indexed", completed: "indexed", failed: "failed", cancelled: "cancelled",
  queued: "waiting", parse: "being read", chunk: "being cut", embed: "being embedded", index: "being indexed",
  remove: "Remove", removeQuestion: "Remove {0} from the collection?", noDocuments: "There is nothing here yet.", more: "More", close: "Close",
  voteUp: "Good answer", voteDown: "Bad answer", votes: "Vote on the answer", again: "Answer again",
  preferences: "Preference set", preferencesTrain: "Train on it", preferencesDownload: "Download", preferencesClear: "Clear",
  preferencesCount: "Votes: {0}. Pairs of a better and a worse answer to the same message: {1}. Kept in this browser alone.",
  preferencesClearQuestion: "Forget all {0} votes?",
  jobsTitle: "Training", noJobsTitle: "There is no training job yet", progress: "Progress", curves: "Curves", recipe: "Recipe",
  noJobsHelp: "Rate answers on the start page and train on them, or train by a recipe:",
  job_queued: "waiting", job_validating_files: "reading model and data", job_running: "running", job_paused: "paused",
  job_succeeded: "done", job_failed: "failed", job_cancelled: "cancelled",
  job_do_pause: "Pause", job_do_resume: "Resume", job_do_cancel: "Cancel", cancelQuestion: "End {0} for good? Its checkpoints go.",
  steps: "step {0} of {1}", minutesLeft: "about {0} minutes left", secondsLeft: "about {0} seconds left", jobResult: "The new model is {0}.",
  chart_loss: "Loss", chart_margins: "Reward margin", chart_accuracies: "Preference accuracy",
  curve: "{0}: from {1} to {2} at step {3}.", noCurves: "There are no steps yet.",
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
  you: "나", working: "모델이 답하고 있습니다.", looking: "찾고 있습니다.", answered: "답:", stopped: "멈췄습니다.", emptyAnswer: "모델이 첫 단어도 말하지 않고 답을 끝냈습니다. 다시 보내면 다르게 답할 수 있습니다.",
  usage: "입력 {0}토큰, 출력 {1}토큰, 초당 {2}토큰, 첫 토큰까지 {3}초",
  startTitle: "내 컴퓨터에서 대화하고, 문서에 묻고, 학습합니다", doors: "할 수 있는 일",
  doorChat: "모델과 이야기하고 답을 평가", doorDocs: "출처와 함께 인용한 답",
  doorUpload: "PDF, Word, Excel, 텍스트, HTML", doorTrainTitle: "학습", doorTrain: "미세 조정과 실시간 곡선",
  docsTitle: "설명서에 묻기", docsHint: "이 플랫폼에 대한 질문", examples: "예시",
  docsExample1: "첫 번째 키는 어떤 테넌트의 키여야 합니까?", docsExample2: "gRPC는 어느 포트에서 응답하나요?", docsExample3: "내 문서는 누가 읽을 수 있나요?",
  docsIndexing: "색인하는 중: 문서 {1}개 중 {0}개. 그동안에도 물어볼 수 있습니다.", docsMore: "설명서를 검색하거나 내 문서에 묻기",
  embedTitle: "유사도", first: "첫 번째 문장", second: "두 번째 문장", compare: "비교", cosine: "코사인 유사도",
  embedUsage: "{0}차원, {1}토큰",
  firstExample: "고양이가 소파에서 잔다.", secondExample: "새끼 고양이가 소파에서 낮잠을 잔다.",
  apiTitle: "프로그램에서", apiHelp: "OpenAI용 클라이언트라면 무엇이든 됩니다. 기본 주소만 바꾸세요.",
  unreachable: "플랫폼이 응답하지 않습니다.",
  documentsTitle: "문서", startPage: "시작 페이지", storeTitle: "모음", deleteStore: "모음 삭제", deleteIt: "삭제", newStore: "새 모음", make: "만들기",
  noStore: "없음", noStoreHint: "모음을 만들거나 바로 문서를 추가하세요.", firstStore: "내 문서", ofPlatform: "{0} (플랫폼 제공)",
  storeHint: "문서 {1}개 중 {0}개 색인됨, 구절 {2}개, {3}", wordsOnly: "단어로만 검색", storeDone: "문서 {0}개, 구절 {1}개, {2}", goesTo: "모음 {0}에 추가됩니다.",
  deleteStoreQuestion: "모음 {0}을(를) 문서 {1}개와 함께 삭제할까요?",
  uploadTitle: "문서 추가", dropHere: "파일을 여기에 놓거나", chooseFiles: "파일 선택", uploads: "업로드",
  kinds: "텍스트, Markdown, HTML, CSV, JSON Lines, PDF, Word, PowerPoint, Excel",
  askTitle: "검색과 질문", answerBy: "답변", quoted: "문서에서 인용", wordedBy: "{0}(이)가 작성", score: "점수", question: "질문",
  questionHint: "무엇이 궁금한가요? (Enter로 질문, Shift+Enter로 줄 바꿈)", ask: "질문", search: "검색",
  citations: "인용", passages: "구절", nothingFound: "찾은 것이 없습니다.", notInDocuments: "문서에 답이 없습니다.",
  unsupported: "인용한 구절이 뒷받침하지 않는 문장 {0}개에 밑줄이 있습니다.", unsupportedHint: "인용한 구절이 뒷받침하지 않습니다.",
  page: "{0}쪽", why: "점수의 이유",
  keywordPart: "단어: BM25 {0}, {1}위, 환산 {2}", noKeyword: "단어: 찾지 못함",
  densePart: "의미: 코사인 {0}, {1}위, 환산 {2}", noDense: "의미: 찾지 못함",
  weightPart: "의미의 비중: {0}", termsPart: "용어: {0}", diversityPart: "다른 결과와 비슷해서 뺀 점수: {0}",
  listTitle: "모음의 문서", show: "보기", all: "전체", document: "문서", status: "상태", chunks: "구절", actions: "동작",
  in_progress: "색인 중", completed: "색인됨", failed: "실패", cancelled: "취소됨",
  queued: "대기 중", parse: "읽는 중", chunk: "나누는 중", embed: "벡터 만드는 중", index: "색인 중",
  remove: "빼기", removeQuestion: "{0}을(를) 모음에서 뺄까요?", noDocuments: "아직 아무것도 없습니다.", more: "더 보기", close: "닫기",
  voteUp: "좋은 답", voteDown: "나쁜 답", votes: "답 평가", again: "다시 답하기",
  preferences: "선호 데이터", preferencesTrain: "이것으로 학습", preferencesDownload: "내려받기", preferencesClear: "비우기",
  preferencesCount: "평가 {0}개, 같은 메시지에 대한 좋은 답과 나쁜 답의 쌍 {1}개. 이 브라우저에만 보관됩니다.",
  preferencesClearQuestion: "평가 {0}개를 모두 지울까요?",
  jobsTitle: "학습", noJobsTitle: "아직 학습 작업이 없습니다", progress: "진행", curves: "곡선", recipe: "레시피",
  noJobsHelp: "시작 페이지에서 답을 평가해 학습하거나, 레시피로 학습하세요.",
  job_queued: "대기 중", job_validating_files: "모델과 데이터를 읽는 중", job_running: "학습 중", job_paused: "일시 정지",
  job_succeeded: "완료", job_failed: "실패", job_cancelled: "취소됨",
  job_do_pause: "일시 정지", job_do_resume: "다시 시작", job_do_cancel: "취소", cancelQuestion: "{0} 작업을 완전히 끝낼까요? 체크포인트도 지워집니다.",
  steps: "{1}단계 중 {0}단계", minutesLeft: "약 {0}분 남음", secondsLeft: "약 {0}초 남음", jobResult: "새 모델은 {0}입니다.",
  chart_loss: "손실", chart_margins: "보상 차이", chart_accuracies: "선호 정확도",
  curve: "{0}: {1}에서 {3}단계의 {2}까지.", noCurves: "아직 단계가 없습니다.",
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
