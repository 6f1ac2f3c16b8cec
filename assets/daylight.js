// SPDX-License-Identifier: Apache-2.0
// What scripts add to a page that works without them: settings at once, copy, print, read aloud. Nothing is tracked.
(() => {
  'use strict';
  const root = document.documentElement;
  const form = document.getElementById('reader');
  const find = (id) => document.getElementById(id);
  const say = (words) => { find('said').textContent = words; };

  /* --- the reader's settings, without a reload --- */
  const show = (name, value) => {
    root.setAttribute('data-' + name, value);
    document.querySelectorAll('button[name=' + name + ']').forEach((b) =>
      b.setAttribute('aria-pressed', String(b.value === value)));
    const paper = getComputedStyle(root).getPropertyValue('--paper');
    document.querySelector('meta[name=theme-color]').content = paper.trim();
  };
  const keep = (button) => {
    const before = root.getAttribute('data-' + button.name);
    show(button.name, button.value);
    remember(button.name, button.value);
    say(button.textContent.trim().split('\n').pop());
    if (!form) return;
    const data = new URLSearchParams(new FormData(form));
    data.append(button.name, button.value);
    fetch(form.action, { method: 'POST', body: data, redirect: 'manual', keepalive: true }).then((answer) => {
      if (answer.type !== 'opaqueredirect' && !answer.ok) throw answer;
    }).catch(() => { show(button.name, before); remember(button.name, before); });
  };
  document.addEventListener('click', (event) => {
    const button = event.target.closest('button[form=reader]');
    if (!button || button.name === 'easy' || !window.fetch) return;
    event.preventDefault();
    keep(button);
  });
  document.addEventListener('change', (event) => {
    const radio = event.target;
    if (radio.name === 'typeface' || radio.name === 'colour') show(radio.name, radio.value);
  });
  /* a page that comes back from the browser's memory may be older than a choice made since in this tab */
  const remember = (name, value) => { try { sessionStorage.setItem(name, value); } catch (refused) { /* as it was */ } };
  const remembered = (name) => { try { return sessionStorage.getItem(name); } catch (refused) { return null; } };
  document.addEventListener('submit', (event) => {
    const settings = event.target;
    if (!settings.classList.contains('settings')) return;
    const reset = event.submitter && event.submitter.name === 'reset';
    const chosen = new FormData(settings);
    remember('typeface', reset ? 'medium' : chosen.get('typeface'));
    remember('colour', reset ? 'white' : chosen.get('colour'));
  });
  const restore = () => ['typeface', 'colour'].forEach((name) => {
    const value = remembered(name);
    if (value) show(name, value);
  });
  window.addEventListener('pageshow', (event) => { if (event.persisted) restore(); });
  if (!form) { // a copy in files: no server keeps the choice, this tab does
    restore();
    document.querySelectorAll('.reader').forEach((controls) => { controls.hidden = false; });
  }

  /* --- print, copy --- */
  const reveal = (id, act) => {
    const button = find(id);
    if (!button) return;
    button.hidden = false;
    button.addEventListener('click', act);
  };
  reveal('print', () => window.print());
  if (navigator.clipboard) reveal('copy', (event) => {
    const button = event.currentTarget;
    const address = document.querySelector('link[rel=canonical]').href;
    navigator.clipboard.writeText(address).then(() => {
      button.textContent = button.dataset.done;
      say(button.dataset.done);
    });
  });

  /* --- read aloud, paragraph by paragraph, where there is a voice for the text's language --- */
  const speech = window.speechSynthesis;
  const prose = document.querySelector('.piece .prose');
  const speak = find('speak');
  if (!speech || !prose || !speak) return;
  const voice = () => {
    const tag = prose.lang.toLowerCase();
    const all = speech.getVoices().map((v) => [v.lang.toLowerCase().replace('_', '-'), v]);
    const hit = all.find((v) => v[0] === tag) || all.find((v) => v[0].split('-')[0] === tag.split('-')[0]);
    return hit && hit[1];
  };
  const words = speak.textContent;
  let at = null;
  const mark = (block) => {
    if (at) at.classList.remove('said');
    at = block;
    if (at) at.classList.add('said');
  };
  const stop = () => { speech.cancel(); mark(null); speak.textContent = words; };
  const start = () => {
    const blocks = [document.querySelector('h1')].concat(Array.from(prose.children));
    blocks.filter((b) => b.textContent.trim()).forEach((block, i, all) => {
      const part = new SpeechSynthesisUtterance(block.textContent);
      part.voice = voice();
      part.lang = prose.lang;
      part.onstart = () => mark(block);
      if (i === all.length - 1) part.onend = stop;
      speech.speak(part);
    });
    speak.textContent = speak.dataset.stop;
  };
  const offer = () => { speak.hidden = !voice(); };
  speak.addEventListener('click', () => (at || speech.speaking ? stop() : start()));
  window.addEventListener('pagehide', () => { if (!speak.hidden) stop(); });
  /* the first question to the system's voices takes long: it waits until the page is there and the browser is idle */
  const ask = () => { speech.addEventListener('voiceschanged', offer); offer(); };
  const idle = window.requestIdleCallback || ((act) => setTimeout(act, 200));
  if (document.readyState === 'complete') idle(ask);
  else window.addEventListener('load', () => idle(ask));
})();
