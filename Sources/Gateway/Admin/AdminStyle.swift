// The operators' page looks like the landing page; what it has more stands here. Open breakers have a ground, an edge and a word.

enum AdminStyle {
  static let text =
    LandingStyle.text + """

      body { max-width: 84rem; }
      td, th { padding-top: .5rem; padding-bottom: .5rem; }
      th small { padding-left: 0; }
      [aria-labelledby="nodes"] th small { padding-left: 1.25rem; }
      .calm { color: var(--good); }
      .alerts { display: grid; gap: .5rem; margin: 0 0 .75rem; padding: 0; list-style: none; }
      .alerts li {
        display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem .75rem; padding: .75rem 1rem;
        border: 1px solid currentColor; border-left-width: .5rem; border-radius: .5rem; background: var(--card);
      }
      .alerts li span, .alerts li small { color: var(--text); }
      .alerts .open { color: var(--bad); }
      .alerts .half-open { color: var(--warn); }
      .alerts .why { flex-basis: 100%; color: var(--quiet); }
      .why { overflow-wrap: anywhere; }
      .alerts form { margin-left: auto; }
      .heading { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: .5rem 1rem; margin-bottom: .75rem; }
      .heading h2 { margin: 0; }
      .trouble { color: var(--bad); }
      .why pre { margin-top: .25rem; padding: .5rem .75rem; max-width: 40rem; font-size: .8125rem; }
      time { white-space: nowrap; }
      form { display: inline-block; margin: 0; }
      .acts { text-align: right; }
      .acts form { margin: 0 0 .25rem .5rem; }
      button {
        padding: .3125rem .75rem; border: 1px solid var(--accent); border-radius: .375rem; background: var(--accent); color: var(--card);
        font: inherit; font-size: .875rem; font-weight: 600; cursor: pointer;
      }
      button.minor { border-color: var(--line); background: var(--card); color: var(--text); font-weight: 400; }
      button:hover { filter: brightness(1.08); }
      .alerts strong { padding: 0 .5rem; border-radius: .25rem; background: currentColor; letter-spacing: .03em; }
      .alerts strong { -webkit-text-fill-color: var(--card); }
      .alerts .who { font-weight: 650; }
      h3 { margin: 1.25rem 0 .5rem; font-size: .9375rem; font-weight: 650; }
      [aria-labelledby="ring"] th small { padding-left: 1.25rem; }
      .circle { display: grid; grid-template-columns: minmax(0, 25rem) minmax(0, 1fr); align-items: start; gap: 1.5rem clamp(1.5rem, 4vw, 3.5rem); margin-bottom: .75rem; }
      .moving .mark { stroke: var(--ground); }
      .moving .arriving { stroke-width: 9; }
      .moving .leaving { stroke-width: 3; }
      .moving text { font-size: 12px; paint-order: stroke; stroke: var(--ground); stroke-width: 4px; }
      .moving .end { text-anchor: end; }
      .moving .start { text-anchor: start; }
      .moving .name { fill: var(--text); font-size: 14px; font-weight: 600; }
      .moving .worry { fill: var(--bad); font-weight: 600; }
      .moving .load { fill: var(--text); }
      .moving .arrow { fill: none; stroke: var(--text); stroke-width: 2; }
      .moving .planned { stroke: var(--quiet); stroke-dasharray: 4 4; }
      .moving marker path { fill: var(--text); }
      .moves, .log { display: grid; gap: .375rem; margin: 0; padding: 0; list-style: none; }
      .moves .who { font-weight: 650; margin-right: .5rem; }
      .log li { display: grid; grid-template-columns: 12.5rem 8.5rem minmax(0, 1fr); gap: 0 1rem; padding: .25rem 0; border-bottom: 1px solid var(--line); }
      .log time { color: var(--quiet); }
      .said { overflow-wrap: anywhere; }
      .scroll { max-height: 22rem; overflow-y: auto; }
      @media (max-width: 54rem) {
        .circle { grid-template-columns: minmax(0, 1fr); }
        [aria-labelledby="ring"] tr { grid-template-columns: repeat(2, minmax(0, 1fr)); }
        .circle figure { max-width: 22rem; width: 100%; margin: 0 auto; }
        .log li { grid-template-columns: auto 1fr; }
        .log .said { grid-column: 1 / -1; }
      }
      summary { cursor: pointer; color: var(--quiet); font-size: .875rem; padding: .25rem 0; }
      section { overflow-x: auto; }
      """
}
