// A browser as far as a downtime pack needs one: it opens a file from disk, types a passphrase,
// presses the button, and reads what is on the page. No network: node has none of the page's policy,
// so whatever would fetch anything fails here by name.
"use strict";
const fs = require("fs");
const vm = require("vm");
const [, , file, passphrase] = process.argv;
const page = fs.readFileSync(file, "utf8");

class Element {
  constructor(name) {
    Object.assign(this, { name, children: [], textContent: "", className: "", hidden: false, value: "" });
  }
  append(child) { this.children.push(child); }
  addEventListener(name, act) { this[`on${name}`] = act; }
  get text() {
    return [this.textContent, ...this.children.map((child) => child.text)].filter(Boolean).join("\n");
  }
}

const between = (start, end) => page.split(start)[1].split(end)[0];
const elements = Object.fromEntries(["lock", "passphrase", "said", "pack", "sealed"].map((id) => [id, new Element(id)]));
elements.sealed.textContent = between('<script id="sealed" type="application/json">', "</script>");
elements.pack.hidden = true;
elements.passphrase.value = passphrase;
const document = { getElementById: (id) => elements[id], createElement: (name) => new Element(name) };
const refused = () => { throw new Error("the page asked for the network"); };
const world = { document, crypto, atob, TextEncoder, TextDecoder, Uint8Array, fetch: refused, XMLHttpRequest: refused };
vm.runInNewContext(between("</script>\n<script>", "</script>"), world);
elements.lock.onsubmit({ preventDefault() {} });
const wait = () => {
  if (elements.said.textContent.startsWith("Opening") && elements.pack.hidden) return setTimeout(wait, 5);
  console.log(JSON.stringify({ open: !elements.pack.hidden, said: elements.said.textContent, text: elements.pack.text }));
};
wait();
