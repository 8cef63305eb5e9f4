import { byCode } from "./by-code.ts";

/** What organizations, their people, roles and keys are refused for, and what administrators are. */
export const organizations = byCode({
  "organization_access_denied no_active_organization": [
    "You aren't a member of this organization.",
    "Sie sind kein Mitglied dieser Organisation.",
  ],
  entitlement_required: [
    "Your organization doesn't have this module. Ask the platform's administrators for it.",
    "Ihre Organisation hat dieses Modul nicht. Fragen Sie die Administratoren der Plattform danach.",
  ],
  two_factor_required: [
    "This organization asks for a second factor. Set one up, and sign in with it.",
    "Diese Organisation verlangt einen zweiten Faktor. Richten Sie einen ein und melden Sie sich damit an.",
  ],
  organization_slug_taken: [
    "Another organization has this address. Choose another.",
    "Eine andere Organisation hat diese Adresse. Wählen Sie eine andere.",
  ],
  last_owner: [
    "An organization keeps at least one owner. Make somebody else an owner first.",
    "Eine Organisation behält mindestens einen Eigentümer. Machen Sie zuerst jemand anderen dazu.",
  ],
  already_member: ["This person is a member already.", "Diese Person ist schon Mitglied."],
  already_invited: [
    "This address has an open invitation already. Send that one again instead.",
    "Für diese Adresse gibt es schon eine offene Einladung. Senden Sie diese erneut.",
  ],
  "invitation_closed invitation_not_found": [
    "This invitation isn't open any more. Ask for a new one.",
    "Diese Einladung ist nicht mehr offen. Bitten Sie um eine neue.",
  ],
  "email_unverified email_not_verified": [
    "Verify your e-mail address first.",
    "Bestätigen Sie zuerst Ihre E-Mail-Adresse.",
  ],
  role_beyond_yours: [
    "This role may do more than you, so you can't give or take it.",
    "Diese Rolle darf mehr als Sie. Sie können sie weder geben noch nehmen.",
  ],
  permission_beyond_yours: [
    "You can't give a permission that you don't have.",
    "Sie können keine Berechtigung geben, die Sie selbst nicht haben.",
  ],
  "unknown_permission invalid_permission": [
    "There is no such permission any more. Open the page again.",
    "Diese Berechtigung gibt es nicht mehr. Öffnen Sie die Seite neu.",
  ],
  role_built_in: [
    "Built-in roles can't be changed. Copy the role instead.",
    "Eingebaute Rollen bleiben, wie sie sind.",
  ],
  role_in_use: [
    "Somebody has this role, or is invited to it. Give them another one first.",
    "Jemand hat diese Rolle oder ist dazu eingeladen. Geben Sie ihnen zuerst eine andere.",
  ],
  role_name_taken: [
    "Another role has this name. Choose another.",
    "Eine andere Rolle hat diesen Namen. Wählen Sie einen anderen.",
  ],
  entry_locked: [
    "The platform's administrators have fixed this permission.",
    "Die Administratoren der Plattform haben diese Berechtigung festgelegt.",
  ],
  entry_point_taken: [
    "Another item is where the application starts. Change that one first.",
    "Die Anwendung beginnt schon bei einem anderen Eintrag. Ändern Sie zuerst diesen.",
  ],
  menu_item_in_use: [
    "Items stand below this one. Move them first.",
    "Darunter stehen Einträge. Verschieben Sie diese.",
  ],
  view_key_taken: ["Another view has this key. Choose another.", "Eine andere Ansicht hat diesen Schlüssel."],
  illegal_transition: [
    "The subscription can't become this from what it is now.",
    "Das Abonnement kann von seinem jetzigen Zustand nicht dorthin wechseln.",
  ],
  last_administrator: [
    "The platform keeps at least one administrator. Make somebody else one first.",
    "Die Plattform behält mindestens einen Administrator. Machen Sie zuerst jemand anderen dazu.",
  ],
  own_account: [
    "You can't do this to your own account. Ask another administrator.",
    "Das geht nicht mit Ihrem eigenen Konto. Bitten Sie einen anderen Administrator.",
  ],
  administrator_protected: ["Nobody acts as an administrator.", "Niemand handelt als ein Administrator."],
  "user_banned banned_user": ["This account is banned.", "Dieses Konto ist gesperrt."],
});
