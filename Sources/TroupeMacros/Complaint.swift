// What the macros say when they refuse something. These sentences are an interface: users read them in their editors.
import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxMacros

/// One sentence that says what is wrong and what to write instead.
struct Complaint: DiagnosticMessage, NoteMessage {
  let message: String
  let severity = DiagnosticSeverity.error
  var diagnosticID: MessageID { MessageID(domain: "Troupe", id: message) }
  var noteID: MessageID { diagnosticID }

  init(_ message: String) { self.message = message }
}

extension MacroExpansionContext {
  func refuse(_ node: some SyntaxProtocol, _ why: String, firstSeen: Syntax? = nil) {
    let notes = firstSeen.map { [Note(node: $0, message: Complaint("the first one"))] } ?? []
    diagnose(Diagnostic(node: Syntax(node), message: Complaint(why), notes: notes))
  }
}
