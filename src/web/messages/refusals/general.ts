import { byCode } from "./by-code.ts";

/** What any request may be refused with. */
export const general = byCode({
  "validation_failed validation_error": ["Some fields need another look.", "Bitte prüfen Sie die markierten Felder."],
  forbidden: ["Your role doesn't allow this.", "Ihre Rolle erlaubt das nicht."],
  not_found: ["This isn't there any more.", "Das gibt es nicht mehr."],
  unauthenticated: ["Sign in first.", "Melden Sie sich zuerst an."],
  "conflicting_credentials credential_in_url malformed_request bad_request": [
    "The request can't be understood. Open the page again, and try once more.",
    "Die Anfrage ist nicht verständlich. Öffnen Sie die Seite neu und versuchen Sie es noch einmal.",
  ],
  "method_not_allowed unsupported_media_type": [
    "This can't be done here. Open the page again, and try once more.",
    "Das geht hier nicht. Öffnen Sie die Seite neu und versuchen Sie es noch einmal.",
  ],
  "untrusted_origin invalid_origin missing_or_null_origin cross_site_navigation_login_blocked": [
    "This form was sent from another site. Open the page here, and send it again.",
    "Dieses Formular kam von einer anderen Website. Öffnen Sie die Seite hier und senden Sie es noch einmal.",
  ],
  request_timeout: [
    "The form took too long to arrive. Send it again.",
    "Das Formular kam nicht rechtzeitig an. Senden Sie es noch einmal.",
  ],
  payload_too_large: ["This is too long. Shorten it, and send it again.", "Das ist zu lang. Kürzen Sie es."],
  precondition_failed: [
    "Somebody has changed this in the meantime. Look at it again, then save.",
    "Jemand hat das inzwischen geändert. Sehen Sie es sich noch einmal an und speichern Sie dann.",
  ],
  conflict: ["This exists already. Choose another.", "Das gibt es schon. Wählen Sie etwas anderes."],
  "rate_limited too_many_requests quota_exceeded": [
    "Too many tries. Wait a minute, then try again.",
    "Zu viele Versuche. Warten Sie eine Minute und versuchen Sie es dann erneut.",
  ],
  "unavailable database_unavailable": [
    "The service can't be reached. Nothing was changed. Try again in a moment.",
    "Der Dienst ist nicht erreichbar. Es wurde nichts geändert. Versuchen Sie es gleich noch einmal.",
  ],
  "internal_error internal_server_error": [
    "Something went wrong, and the fault is ours. Try again in a moment.",
    "Etwas ist schiefgegangen. Der Fehler liegt bei uns. Versuchen Sie es gleich noch einmal.",
  ],
  "api_key_required invalid_client": [
    "This is for services with a key.",
    "Das ist Diensten mit Schlüssel vorbehalten.",
  ],
  person_required: ["Only a person can do this.", "Das kann nur eine Person tun."],
  impersonating: [
    "This isn't possible while you act as somebody else. Stop that first.",
    "Das geht nicht, während Sie als jemand anderes handeln. Beenden Sie das zuerst.",
  ],
  two_factor_required: [
    "This organization requires a second factor. Set one up, or sign in with the one you have.",
    "Diese Organisation verlangt einen zweiten Faktor. Richten Sie einen ein oder melden Sie sich mit Ihrem an.",
  ],
  "fresh_sign_in_required session_not_fresh session_expired": [
    "Sign in again first, then do this once more.",
    "Melden Sie sich erneut an und versuchen Sie es dann noch einmal.",
  ],
});
