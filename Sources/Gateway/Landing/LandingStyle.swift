// The page's style. Light and dark follow the system; text has at least 4.5:1 on its ground, marks at least 3:1.

enum LandingStyle {
  static let text = """
    :root {
      --ground: #fbfaf8; --card: #ffffff; --text: #1d1c1a; --quiet: #66625c; --line: #e5e1da; --track: #efece6;
      --accent: #1f5fd0; --good: #1c7a45; --warn: #94590a; --bad: #b3261e;
      --c0: #2f6fde; --c1: #d9622b; --c2: #2c9a5b; --c3: #a44bc4; --c4: #b58a00; --c5: #008f9c;
      --c6: #d23f7c; --c7: #6a6ad8; --c8: #7a8f1f; --c9: #b5533c; --c10: #3d8fc9; --c11: #8a6d5a;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ground: #161514; --card: #1e1d1b; --text: #ece9e4; --quiet: #a39e96; --line: #33312e; --track: #2a2826;
        --accent: #8ab4ff; --good: #6fce97; --warn: #e6b15c; --bad: #ff8f86;
        --c0: #5e95f2; --c1: #ee8450; --c2: #4fbf80; --c3: #c077dd; --c4: #d4ab2e; --c5: #35b6c2;
        --c6: #ee6fa0; --c7: #9090f0; --c8: #a5ba4a; --c9: #dd8069; --c10: #68b3e6; --c11: #b5967f;
      }
    }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; }
    body {
      margin: 0 auto; padding: 0 clamp(1rem, 4vw, 2.5rem); max-width: 68rem;
      background: var(--ground); color: var(--text);
      font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
      font-variant-numeric: tabular-nums;
    }
    header { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1.25rem; padding: 1.75rem 0 1.25rem; }
    h1 { margin: 0; font-size: 1.375rem; font-weight: 650; letter-spacing: -.015em; }
    h2 { margin: 0 0 .75rem; font-size: 1rem; font-weight: 650; }
    p { margin: 0; }
    section { margin: 0 0 2.25rem; }
    .quiet, small, dt { color: var(--quiet); font-weight: 400; }
    .quiet { font-size: .875rem; }
    h1 .quiet { font-size: 1rem; letter-spacing: 0; }

    .state { display: inline-flex; align-items: center; gap: .5rem; font-size: .9375rem; }
    .state::before { content: ""; flex: none; width: .625rem; height: .625rem; border-radius: 50%; background: currentColor; }
    .good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); }

    .overview {
      display: grid; grid-template-columns: minmax(0, 25rem) minmax(0, 1fr); align-items: center;
      gap: 2rem clamp(2rem, 6vw, 4.5rem);
    }
    figure { margin: 0; }
    .ring { display: block; width: 100%; height: auto; }
    .ring circle { fill: none; }
    .ring .cells { stroke-width: 14; }
    .ring .share { stroke-width: 8; }
    .ring .track { stroke: var(--track); }
    .ring .seams { stroke: var(--ground); }
    .ring text { fill: var(--quiet); font-size: 14px; text-anchor: middle; }
    .ring .count { fill: var(--text); font-size: 30px; font-weight: 600; letter-spacing: -.02em; }
    .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: 1.5rem; margin: 0; }
    .figures .main { grid-column: 1 / -1; }
    .figures div { display: flex; flex-direction: column-reverse; justify-content: flex-end; }
    dt { font-size: .875rem; }
    dd { margin: 0; font-size: 1.5rem; line-height: 1.25; font-weight: 600; letter-spacing: -.02em; }
    .main dd { font-size: clamp(3rem, 8vw, 4.5rem); line-height: 1.05; letter-spacing: -.04em; }

    table { width: 100%; border-collapse: collapse; }
    th, td { padding: .75rem .75rem .75rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
    th:last-child, td:last-child { padding-right: 0; }
    thead th { padding-top: 0; color: var(--quiet); font-size: .8125rem; font-weight: 400; white-space: nowrap; }
    tbody th { font-weight: 600; }
    tbody small { display: block; font-size: .8125rem; }
    th small { padding-left: 1.25rem; overflow-wrap: anywhere; }
    .number { text-align: right; }
    .dot { display: inline-block; width: .75rem; height: .75rem; margin-right: .5rem; border-radius: 3px; background: currentColor; }
    .alarm { color: var(--bad); font-weight: 600; }

    .rate { display: block; width: 100%; height: 6rem; border-bottom: 1px solid var(--line); }
    .rate .line { fill: none; stroke: var(--accent); stroke-width: 2; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
    .rate .area { fill: var(--accent); opacity: .1; }

    pre {
      margin: 0; padding: 1rem 1.25rem; overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem;
      background: var(--card); font: .875rem/1.6 ui-monospace, "SF Mono", Menlo, Consolas, monospace;
    }
    footer { padding: 1rem 0 2.5rem; border-top: 1px solid var(--line); font-size: .875rem; }
    nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
    a { color: var(--accent); text-underline-offset: .2em; padding: .25rem 0; }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 2px; }

    .node-0 { color: var(--c0); } .node-1 { color: var(--c1); } .node-2 { color: var(--c2); } .node-3 { color: var(--c3); }
    .node-4 { color: var(--c4); } .node-5 { color: var(--c5); } .node-6 { color: var(--c6); } .node-7 { color: var(--c7); }
    .node-8 { color: var(--c8); } .node-9 { color: var(--c9); } .node-10 { color: var(--c10); } .node-11 { color: var(--c11); }
    .ring [class*="node-"] { stroke: currentColor; }

    @media (max-width: 54rem) {
      .overview { grid-template-columns: minmax(0, 1fr); }
      .overview figure { max-width: 22rem; width: 100%; margin: 0 auto; }
      thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
      tr { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: .5rem 1rem; }
      tbody tr { padding: .875rem 0; border-bottom: 1px solid var(--line); }
      tbody th { grid-column: 1 / -1; }
      th, td { padding: 0; border: 0; }
      .number { text-align: left; }
      td::before { content: attr(data-label); display: block; color: var(--quiet); font-size: .8125rem; }
      td small { display: inline; padding-left: .375rem; }
    }
    """
}
