"use strict";
(() => {
  const element = (id) => document.getElementById(id);
  const sealed = JSON.parse(element("sealed").textContent);
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

  async function opened(passphrase) {
    const words = new TextEncoder().encode(passphrase.trim().normalize("NFKC"));
    const material = await crypto.subtle.importKey("raw", words, "PBKDF2", false, ["deriveKey"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(sealed.salt), iterations: sealed.iterations };
    const key = await crypto.subtle.deriveKey(how, material, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
    const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(sealed.nonce) }, key, bytes(sealed.text));
    return JSON.parse(new TextDecoder().decode(text));
  }

  function add(parent, name, text, style) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (style) made.className = style;
    parent.append(made);
    return made;
  }

  function show(pack) {
    const main = element("pack");
    for (const text of pack.notes) add(main, "p", text);
    for (const day of pack.days) {
      add(main, "h2", day.title);
      if (!day.visits.length) add(main, "p", "No visits.");
      for (const visit of day.visits) {
        const one = add(main, "article");
        add(one, "h3", visit.title);
        const list = add(one, "dl");
        for (const [name, text, warn] of visit.lines) {
          add(list, "dt", name);
          add(list, "dd", text, warn ? "warn" : "");
        }
      }
    }
    element("lock").hidden = true;
    main.hidden = false;
  }

  element("lock").addEventListener("submit", (event) => {
    event.preventDefault();
    if (!globalThis.crypto || !crypto.subtle) {
      element("said").textContent = "This browser cannot open the file. Use Chrome, Edge, Firefox or Safari.";
      return;
    }
    element("said").textContent = "Opening …";
    opened(element("passphrase").value).then(show, () => {
      element("said").textContent = "This is not the passphrase, or the file is damaged.";
    });
  });
})();
