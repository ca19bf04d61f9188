// What stands on the screen once everything serves: where to look, and three commands to try.

import Foundation

enum Banner {
  static func lines(_ plan: UpPlan, style: TextStyle) -> [String] {
    let data = plan.directory.path == DataDirectory(DataDirectory.defaultName).path ? "" : " --data \(plan.directory.path)"
    let program = CommandLine.arguments.first.map { $0.contains("/") ? $0 : "shopstream" } ?? "shopstream"
    return [
      "",
      style.bold("\(plan.nodes.count) node\(plan.nodes.count == 1 ? "" : "s") and a gateway are running. Ctrl-C stops them."),
      "",
      "  The cluster, live    \(plan.gatewayURL)/",
      "  Links and breakers   \(plan.adminURL)/",
      "  Health and metrics   \(plan.gatewayURL)/health/ready   \(plan.gatewayURL)/metrics",
      "  Entities of any kind \(plan.adminURL)/entities/{kind}/{id}/{method}",
      "  Logs                 \(plan.directory.logs)/",
      "",
      "Try, in another terminal:",
      "",
      "  curl -X POST \(plan.gatewayURL)/carts/alice/lines -H 'Content-Type: application/json' -d '{\"sku\":\"mug\",\"quantity\":2}'",
      "  \(program) call cart/alice contents\(data)",
      "  \(program) status --watch\(data)",
      "",
    ]
  }
}
