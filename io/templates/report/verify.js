"use strict";
(() => {
  const part = (id) => document.getElementById(id);
  const data = JSON.parse(part("data").content.textContent);
  const panel = part("check"), verdict = part("verdict"), slider = part("alter");
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const word = (hex) => hex.slice(2).match(/../g).map((digits) => parseInt(digits, 16));
  const key = bytes(data.key), proof = bytes(data.proof);
  const compiled = WebAssembly.compile(bytes(part("verifier").content.textContent));
  let asked = 0, tried = false;

  const say = (state, text) => {
    panel.dataset.state = state;
    verdict.textContent = text;
  };
  const painted = () => new Promise((done) => setTimeout(done, 30));

  // 0: the proof holds for these words. A new instance each time: one that trapped is not asked again.
  const ask = async (words) => {
    const { zksensor_take, zksensor_verify } = (await WebAssembly.instantiate(await compiled, {})).exports;
    for (const each of [key, proof, ...words.map(word)]) {
      for (const byte of each) zksensor_take(byte);
    }
    return zksensor_verify(key.length);
  };

  const verify = async () => {
    const mine = ++asked;
    const at = slider ? Number(slider.value) : 0;
    const [altered, text] = data.alter ? data.alter.values[at] : [null, ""];
    const words = data.words.map((proven, index) => (data.alter && index === data.alter.word ? altered : proven));
    if (slider) {
      part("value").textContent = text;
      slider.setAttribute("aria-valuetext", text);
    }
    if (!tried) return;
    say("wait", "Verifying…");
    await painted();
    if (mine !== asked) return;
    const start = performance.now();
    let code;
    try {
      code = await ask(words);
    } catch (error) {
      code = `stopped: ${error}`;
    }
    if (mine !== asked) return;
    const took = `${Math.round(performance.now() - start)} ms`;
    if (code === 0) say("good", `The proof holds for these public inputs. (${took}, in your browser)`);
    else if (code === 1) say("bad", `Refused: the proof does not hold for ${data.alter ? `this ${data.alter.name}` : "these public inputs"}. (${took}, in your browser)`);
    else say("bad", `Not verified: the page is damaged, or this browser runs no WebAssembly (${code}).`);
  };

  part("verify").addEventListener("click", () => {
    tried = true;
    verify();
  });
  if (slider) {
    slider.value = data.alter.middle;
    slider.addEventListener("input", () => {
      tried = true;
      verify();
    });
    part("back").addEventListener("click", () => {
      slider.value = data.alter.middle;
      verify();
    });
  }
  for (const hidden of panel.querySelectorAll("[hidden]")) hidden.hidden = false;
  verify();
  document.documentElement.dataset.ready = "";
})();
