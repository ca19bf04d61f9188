// Everything in here runs `shopstream up` with real processes, one test after the other: they share a machine with two cores,
// and some of them measure.

import Testing

@Suite(.serialized) enum OnRealProcesses {}
