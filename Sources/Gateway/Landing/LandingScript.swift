// The page's script: takes parts of the page from the stream and puts them in place. Without it the page reloads itself.

enum LandingScript {
  static let text = """
    const places = {};
    for (const place of document.querySelectorAll('[data-live]')) places[place.dataset.live] = place;

    // Not under somebody's finger, nor from under a keyboard: what is pressed is replaced once it is let go, what has the focus keeps it.
    const held = new Map();
    function put(place, html) {
      if (place.matches(':active')) { held.set(place, html); return; }
      const focus = place.contains(document.activeElement) ? document.activeElement.id : '';
      place.innerHTML = html;
      if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
    }
    addEventListener('pointerup', () => setTimeout(() => {
      for (const [place, html] of held) put(place, html);
      held.clear();
    }));

    const source = new EventSource('/live');
    source.addEventListener('parts', (event) => {
      for (const [name, html] of Object.entries(JSON.parse(event.data))) {
        if (places[name]) put(places[name], html);
      }
    });
    source.addEventListener('error', () => {
      if (!places.state.querySelector('.lost')) {
        places.state.innerHTML = '<p class="state bad lost">The gateway does not answer; trying again</p>';
      }
    });
    addEventListener('pagehide', () => source.close());
    addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
    """
}
