// What is sent to the desk, and what it answers. Nothing is lost where it does not answer: the page stays as it is.

let token = document.body.dataset.token;

/** Post an act; gives {ok, status, said, html, error ...}. Never throws. */
export async function post(address, given) {
  const first = await send(address, given);
  if (first.status !== 403) return first;
  // The desk was opened anew since this page was loaded: its token is another one now.
  await renew();
  return send(address, given);
}

async function send(address, given) {
  let answer;
  try {
    answer = await fetch(address, {
      method: "POST",
      headers: { "content-type": "application/json", "x-csrftoken": token },
      body: JSON.stringify(given),
      credentials: "same-origin",
    });
  } catch {
    return { ok: false, status: 0, error: "The desk does not answer: is cartevidence review still running? Nothing was stored." };
  }
  let told = {};
  try {
    told = await answer.json();
  } catch {
    told = { error: answer.ok ? "" : `The desk refused this (${answer.status}): load the page again.` };
  }
  return { ...told, ok: answer.ok, status: answer.status };
}

async function renew() {
  try {
    const answer = await fetch("/token", { credentials: "same-origin" });
    if (answer.ok) token = (await answer.json()).token;
  } catch {
    // what the second attempt answers is told
  }
}
