import type { Check } from './check.ts';
import { abaRoutingNumber } from './checks/aba-routing-number.ts';
import { authHeader } from './checks/auth-header.ts';
import { azureContentSafety } from './checks/azure-content-safety.ts';
import { bankAccount } from './checks/bank-account.ts';
import { bidiControls } from './checks/bidi-controls.ts';
import { credentialAssignment } from './checks/credential-assignment.ts';
import { creditCard } from './checks/credit-card.ts';
import { cryptoWallet } from './checks/crypto-wallet.ts';
import { dateOfBirth } from './checks/date-of-birth.ts';
import { denyWords } from './checks/deny-words.ts';
import { drivingLicence } from './checks/driving-licence.ts';
import { emailAddress } from './checks/email-address.ts';
import { endpointList } from './checks/endpoint-list.ts';
import { geoCoordinates } from './checks/geo-coordinates.ts';
import { iban } from './checks/iban.ts';
import { imei } from './checks/imei.ts';
import { invisibleCharacters } from './checks/invisible-characters.ts';
import { ipAddress } from './checks/ip-address.ts';
import { jpCorporateNumber } from './checks/jp-corporate-number.ts';
import { jsonValid } from './checks/json-valid.ts';
import { jwtToken } from './checks/jwt-token.ts';
import { length } from './checks/length.ts';
import { macAddress } from './checks/mac-address.ts';
import { markdownImages } from './checks/markdown-images.ts';
import { metadataRequired } from './checks/metadata-required.ts';
import { modelJudge } from './checks/model-judge.ts';
import { modelList } from './checks/model-list.ts';
import { moderation } from './checks/moderation.ts';
import { myNumber } from './checks/my-number.ts';
import { nationalId } from './checks/national-id.ts';
import { passportNumber } from './checks/passport-number.ts';
import { personalName } from './checks/personal-name.ts';
import { phoneNumber } from './checks/phone-number.ts';
import { postalAddress } from './checks/postal-address.ts';
import { privateKey } from './checks/private-key.ts';
import { requiredPhrases } from './checks/required-phrases.ts';
import { secretKey } from './checks/secret-key.ts';
import { swiftBic } from './checks/swift-bic.ts';
import { toolList } from './checks/tool-list.ts';
import { ukNhsNumber } from './checks/uk-nhs-number.ts';
import { ukNino } from './checks/uk-nino.ts';
import { urlCredentials } from './checks/url-credentials.ts';
import { usItin } from './checks/us-itin.ts';
import { usMbi } from './checks/us-mbi.ts';
import { usNpi } from './checks/us-npi.ts';
import { usSsn } from './checks/us-ssn.ts';
import { vehicleNumber } from './checks/vehicle-number.ts';
import { webhook } from './checks/webhook.ts';

/** Every kind of check, by name. A new one is a file in checks/ and a line here. */
export const CHECKS: ReadonlyMap<string, Check> = new Map(
  [
    abaRoutingNumber,
    authHeader,
    azureContentSafety,
    bankAccount,
    bidiControls,
    credentialAssignment,
    creditCard,
    cryptoWallet,
    dateOfBirth,
    denyWords,
    drivingLicence,
    emailAddress,
    endpointList,
    geoCoordinates,
    iban,
    imei,
    invisibleCharacters,
    ipAddress,
    jpCorporateNumber,
    jsonValid,
    jwtToken,
    length,
    macAddress,
    markdownImages,
    metadataRequired,
    modelJudge,
    modelList,
    moderation,
    myNumber,
    nationalId,
    passportNumber,
    personalName,
    phoneNumber,
    postalAddress,
    privateKey,
    requiredPhrases,
    secretKey,
    swiftBic,
    toolList,
    ukNhsNumber,
    ukNino,
    urlCredentials,
    usItin,
    usMbi,
    usNpi,
    usSsn,
    vehicleNumber,
    webhook,
  ].map((check) => [check.name, check]),
);
