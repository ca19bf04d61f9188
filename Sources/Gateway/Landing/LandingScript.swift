// The page's script: takes parts of the page from the stream and puts them in place. Without it the page reloads itself.

enum LandingScript {
  static let text = """
    const places = {};
    for (const place of document.querySelectorAll('[data-live]')) places[place.dataset.live] = place;

    const source = new EventSource('/live');
    source.addEventListener('parts', (event) => {
      for (const [name, html] of Object.entries(JSON.parse(event.data))) {
        if (places[name]) places[name].innerHTML = html;
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
