"use strict";

// Focus the terminal as soon as it shows something.
new MutationObserver((_, observer) => {
  if (document.body.classList.contains("-first-byte")) {
    observer.disconnect();
    document.querySelector(".xterm-helper-textarea").focus();
  }
}).observe(document.documentElement, { attributeFilter: ["class"], subtree: true });
