import type { Check } from './check.ts';
import { abaRoutingNumber } from './checks/aba-routing-number.ts';
import { authHeader } from './checks/auth-header.ts';
import { azureContentSafety } from './checks/azure-content-safety.ts';
import { bankAccount } from './checks/bank-account.ts';
import { base64Blob } from './checks/base64-blob.ts';
import { bedrockGuardrail } from './checks/bedrock-guardrail.ts';
import { bidiControls } from './checks/bidi-controls.ts';
import { code } from './checks/code.ts';
import { credentialAssignment } from './checks/credential-assignment.ts';
import { creditCard } from './checks/credit-card.ts';
import { cryptoWallet } from './checks/crypto-wallet.ts';
import { dateOfBirth } from './checks/date-of-birth.ts';
import { denyWords } from './checks/deny-words.ts';
import { drivingLicence } from './checks/driving-licence.ts';
import { emailAddress } from './checks/email-address.ts';
import { endpointList } from './checks/endpoint-list.ts';
import { forbiddenPhrases } from './checks/forbidden-phrases.ts';
import { geoCoordinates } from './checks/geo-coordinates.ts';
import { iban } from './checks/iban.ts';
import { imei } from './checks/imei.ts';
import { invisibleCharacters } from './checks/invisible-characters.ts';
import { ipAddress } from './checks/ip-address.ts';
import { jailbreak } from './checks/jailbreak.ts';
import { jpCorporateNumber } from './checks/jp-corporate-number.ts';
import { jsonSchema } from './checks/json-schema.ts';
import { jsonValid } from './checks/json-valid.ts';
import { jwtCheck } from './checks/jwt-check.ts';
import { jwtToken } from './checks/jwt-token.ts';
import { language } from './checks/language.ts';
import { length } from './checks/length.ts';
import { macAddress } from './checks/mac-address.ts';
import { markdownImages } from './checks/markdown-images.ts';
import { markdownLinks } from './checks/markdown-links.ts';
import { metadataRequired } from './checks/metadata-required.ts';
import { modelJudge } from './checks/model-judge.ts';
import { modelList } from './checks/model-list.ts';
import { moderation } from './checks/moderation.ts';
import { myNumber } from './checks/my-number.ts';
import { nationalId } from './checks/national-id.ts';
import { passportNumber } from './checks/passport-number.ts';
import { pattern } from './checks/pattern.ts';
import { personalName } from './checks/personal-name.ts';
import { phoneNumber } from './checks/phone-number.ts';
import { postalAddress } from './checks/postal-address.ts';
import { privateKey } from './checks/private-key.ts';
import { promptInjection } from './checks/prompt-injection.ts';
import { requestSize } from './checks/request-size.ts';
import { requiredPhrases } from './checks/required-phrases.ts';
import { secretEntropy } from './checks/secret-entropy.ts';
import { secretKey } from './checks/secret-key.ts';
import { sentenceCount } from './checks/sentence-count.ts';
import { sql } from './checks/sql.ts';
import { swiftBic } from './checks/swift-bic.ts';
import { systemPromptLeak } from './checks/system-prompt-leak.ts';
import { toolArguments } from './checks/tool-arguments.ts';
import { toolList } from './checks/tool-list.ts';
import { ukNhsNumber } from './checks/uk-nhs-number.ts';
import { ukNino } from './checks/uk-nino.ts';
import { urlCredentials } from './checks/url-credentials.ts';
import { urlList } from './checks/url-list.ts';
import { usItin } from './checks/us-itin.ts';
import { usMbi } from './checks/us-mbi.ts';
import { usNpi } from './checks/us-npi.ts';
import { usSsn } from './checks/us-ssn.ts';
import { vehicleNumber } from './checks/vehicle-number.ts';
import { webhook } from './checks/webhook.ts';
import { wordCount } from './checks/word-count.ts';

/** Every kind of check, by name. A new one is a file in checks/ and a line here. */
export const CHECKS: ReadonlyMap<string, Check> = new Map(
  [
    abaRoutingNumber,
    authHeader,
    azureContentSafety,
    bankAccount,
    base64Blob,
    bedrockGuardrail,
    bidiControls,
    code,
    credentialAssignment,
    creditCard,
    cryptoWallet,
    dateOfBirth,
    denyWords,
    drivingLicence,
    emailAddress,
    endpointList,
    forbiddenPhrases,
    geoCoordinates,
    iban,
    imei,
    invisibleCharacters,
    ipAddress,
    jailbreak,
    jpCorporateNumber,
    jsonSchema,
    jsonValid,
    jwtCheck,
    jwtToken,
    language,
    length,
    macAddress,
    markdownImages,
    markdownLinks,
    metadataRequired,
    modelJudge,
    modelList,
    moderation,
    myNumber,
    nationalId,
    passportNumber,
    pattern,
    personalName,
    phoneNumber,
    postalAddress,
    privateKey,
    promptInjection,
    requestSize,
    requiredPhrases,
    secretEntropy,
    secretKey,
    sentenceCount,
    sql,
    swiftBic,
    systemPromptLeak,
    toolArguments,
    toolList,
    ukNhsNumber,
    ukNino,
    urlCredentials,
    urlList,
    usItin,
    usMbi,
    usNpi,
    usSsn,
    vehicleNumber,
    webhook,
    wordCount,
  ].map((check) => [check.name, check]),
);
