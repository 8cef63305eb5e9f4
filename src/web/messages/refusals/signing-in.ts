import { byCode } from "./by-code.ts";

/** What better-auth refuses: signing in and up, passwords, codes, providers, passkeys, second factors. */
export const signingIn = byCode({
  account_required: [
    "This takes an account. Sign in or create one first.",
    "Dazu brauchen Sie ein Konto. Melden Sie sich zuerst an oder erstellen Sie eines.",
  ],
  "anonymous_users_cannot_sign_in_again_anonymously user_is_not_anonymous delete_anonymous_user_disabled": [
    "You are signed in already.",
    "Sie sind schon angemeldet.",
  ],
  invalid_email_or_password: ["The address or the password is wrong.", "Adresse oder Passwort stimmt nicht."],
  "invalid_password wrong_password": ["The password is wrong.", "Das Passwort stimmt nicht."],
  "invalid_email invalid_email_format user_email_not_found email_mismatch": [
    "This isn't an address that can be used here.",
    "Diese E-Mail-Adresse kann hier nicht verwendet werden.",
  ],
  password_too_short: ["The password is too short.", "Das Passwort ist zu kurz."],
  password_too_long: ["The password is too long.", "Das Passwort ist zu lang."],
  password_too_common: [
    "This password is one of the most common ones. Choose another.",
    "Dieses Passwort ist eines der häufigsten. Wählen Sie ein anderes.",
  ],
  password_too_personal: [
    "This password is made of your name or your address. Choose another.",
    "Dieses Passwort besteht aus Ihrem Namen oder Ihrer Adresse. Wählen Sie ein anderes.",
  ],
  password_compromised: [
    "This password was found in a data breach. Choose another.",
    "Dieses Passwort stand in einem Datenleck. Wählen Sie ein anderes.",
  ],
  "password_already_set user_already_has_password": [
    "The account has a password already. Change that one.",
    "Das Konto hat schon ein Passwort. Ändern Sie dieses.",
  ],
  credential_account_not_found: ["The account has no password yet.", "Das Konto hat noch kein Passwort."],
  "user_already_exists user_already_exists_use_another_email email_can_not_be_updated": [
    "This address can't be used. Choose another.",
    "Diese Adresse kann nicht verwendet werden. Wählen Sie eine andere.",
  ],
  email_already_verified: ["This address is verified already.", "Diese Adresse ist schon bestätigt."],
  "verification_email_not_enabled change_email_disabled": ["This can't be done here.", "Das ist hier nicht möglich."],
  sign_in_to_verify: [
    "Enter the password of the account that the link is about.",
    "Geben Sie das Passwort des Kontos ein, um das es in dem Link geht.",
  ],
  "invalid_token token_expired": [
    "This link isn't valid any more. Ask for a new one.",
    "Dieser Link gilt nicht mehr. Fordern Sie einen neuen an.",
  ],
  "invalid_otp invalid_code": ["The code is wrong.", "Der Code stimmt nicht."],
  "otp_expired otp_has_expired": [
    "The code isn't valid any more. Ask for a new one.",
    "Der Code gilt nicht mehr. Fordern Sie einen neuen an.",
  ],
  "too_many_attempts too_many_attempts_request_new_code": [
    "Too many wrong codes. Ask for a new one.",
    "Zu viele falsche Codes. Fordern Sie einen neuen an.",
  ],
  account_temporarily_locked: [
    "Too many wrong codes. Wait some minutes, then try again.",
    "Zu viele falsche Codes. Warten Sie einige Minuten und versuchen Sie es dann erneut.",
  ],
  invalid_backup_code: [
    "This isn't one of your backup codes, or it was used already.",
    "Das ist keiner Ihrer Backup-Codes, oder er wurde schon benutzt.",
  ],
  invalid_two_factor_cookie: [
    "This sign-in took too long. Sign in again.",
    "Diese Anmeldung hat zu lange gedauert. Melden Sie sich erneut an.",
  ],
  "otp_not_enabled otp_not_configured totp_not_enabled totp_not_configured two_factor_not_enabled backup_codes_not_enabled":
    ["The second factor isn't on.", "Der zweite Faktor ist nicht eingeschaltet."],
  totp_already_enabled: ["The second factor is on already.", "Der zweite Faktor ist schon eingeschaltet."],
  "last_sign_in_method failed_to_unlink_last_account": [
    "This is your last way to sign in. Add another one first.",
    "Das ist Ihre letzte Möglichkeit, sich anzumelden. Fügen Sie zuerst eine andere hinzu.",
  ],
  account_not_found: ["This way to sign in isn't yours any more.", "Diese Anmeldung gehört nicht mehr zu Ihrem Konto."],
  "social_account_already_linked linked_account_already_exists": [
    "This account is connected to somebody already.",
    "Dieses Konto ist schon mit jemandem verbunden.",
  ],
  "provider_not_found id_token_not_supported invalid_oauth_configuration token_url_not_found": [
    "This way to sign in isn't offered here.",
    "Diese Anmeldung wird hier nicht angeboten.",
  ],
  "provider_unavailable failed_to_get_user_info": [
    "The provider doesn't answer. Try again, or sign in another way.",
    "Der Anbieter antwortet nicht. Versuchen Sie es erneut, oder melden Sie sich anders an.",
  ],
  too_many_passkeys: [
    "You have as many passkeys as one can have. Remove one first.",
    "Mehr Passkeys sind nicht möglich. Entfernen Sie zuerst einen.",
  ],
  previously_registered: [
    "This device has a passkey for you already.",
    "Dieses Gerät hat schon einen Passkey für Sie.",
  ],
  passkey_not_found: ["This passkey isn't known here.", "Dieser Passkey ist hier nicht bekannt."],
  "challenge_not_found failed_to_verify_registration authentication_failed auth_cancelled registration_cancelled failed_to_update_passkey unknown_error resolved_user_invalid resolve_user_required you_are_not_allowed_to_register_this_passkey":
    ["The passkey wasn't accepted. Try again.", "Der Passkey wurde nicht angenommen. Versuchen Sie es erneut."],
  "user_not_found invalid_user": ["There is no such account any more.", "Dieses Konto gibt es nicht mehr."],
  "invalid_callback_url invalid_redirect_url invalid_error_callback_url invalid_new_user_callback_url callback_url_required":
    ["The link leads to a place that isn't trusted.", "Der Link führt an einen Ort, dem nicht vertraut wird."],
  "session_required unauthorized unauthorized_session": ["Sign in first.", "Melden Sie sich zuerst an."],
  invalid_image: ["A picture is a URL that begins with https.", "Ein Bild ist eine URL, die mit https beginnt."],
  "missing_field body_must_be_an_object field_not_allowed async_validation_not_supported invalid_id invalid_date": [
    "Some fields need another look.",
    "Bitte prüfen Sie die Felder.",
  ],
  "nothing_to_update no_data_to_update": ["Nothing was changed.", "Es wurde nichts geändert."],
  "failed_to_create_session could_not_create_session failed_to_delete_anonymous_user failed_to_delete_anonymous_user_sessions failed_to_create_user failed_to_update_user failed_to_get_session failed_to_create_verification unable_to_create_session method_not_allowed_defer_session_required":
    [
      "Something went wrong, and the fault is ours. Try again in a moment.",
      "Etwas ist schiefgegangen. Der Fehler liegt bei uns. Versuchen Sie es gleich noch einmal.",
    ],
});
