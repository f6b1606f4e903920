// A page that has moved: what stands behind its address goes along, such as #t=83 for a moment of the sound.
"use strict";

location.replace(document.currentScript.dataset.to + location.search + location.hash);
