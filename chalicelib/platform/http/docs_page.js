const box = document.getElementById('filter');
box.hidden = false;
box.addEventListener('input', () => {
  const words = box.value.toLowerCase().split(/\s+/);
  for (const item of document.querySelectorAll('[data-text]'))
    item.hidden = !words.every((word) => item.dataset.text.includes(word));
  for (const group of document.querySelectorAll('[data-group]'))
    group.hidden = !group.querySelector('[data-text]:not([hidden])');
});
for (const block of document.querySelectorAll('pre')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Copy';
  button.setAttribute('aria-live', 'polite');
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(block.textContent);
    button.textContent = 'Copied';
    setTimeout(() => { button.textContent = 'Copy'; }, 1500);
  });
  block.before(button);
}
