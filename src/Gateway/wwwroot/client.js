// What the pages need to talk to the platform: the API key of this tab, calls, and streams of events.
import { say } from "/words.js";

let apiKey = sessionStorage.getItem("apiKey") ?? "";

export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export const hasKey = () => apiKey !== "";

export function useKey(key) {
  apiKey = key;
  sessionStorage.setItem("apiKey", apiKey);
}

/** Calls the API: with a body (an object, sent as JSON, or a form) by POST, else by GET, unless another method is named. */
export async function call(path, body, { signal, method } = {}) {
  const headers = {};
  if (apiKey) headers.authorization = `Bearer ${apiKey}`;
  const isForm = body instanceof FormData;
  if (body && !isForm) headers["content-type"] = "application/json";
  let response;
  try {
    response = await fetch(path, { method: method ?? (body ? "POST" : "GET"), headers, body: body && !isForm ? JSON.stringify(body) : body, signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, say("unreachable"));
  }
  if (!response.ok) {
    const answer = await response.json().catch(() => null);
    throw new ApiError(response.status, answer?.error?.message ?? `${response.status} ${response.statusText}`);
  }
  return response;
}

/** Uploads one file and says how far it is, which fetch cannot. */
export function upload(file, report, purpose = "assistants") {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    form.append("purpose", purpose);
    form.append("file", file);
    const request = new XMLHttpRequest();
    request.open("POST", "/v1/files");
    if (apiKey) request.setRequestHeader("authorization", `Bearer ${apiKey}`);
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && report(event.loaded / event.total);
    request.onerror = () => reject(new ApiError(0, say("unreachable")));
    request.onload = () => request.status === 200
      ? resolve(request.response)
      : reject(new ApiError(request.status, request.response?.error?.message ?? `${request.status} ${request.statusText}`));
    request.send(form);
  });
}

/** The events of a streamed answer, as OpenAI sends them. */
export async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      if (!line.startsWith("data: ")) continue;
      if (line === "data: [DONE]") return;
      const event = JSON.parse(line.slice("data: ".length));
      if (event.error) throw new ApiError(0, event.error.message);
      yield event;
    }
  }
}
