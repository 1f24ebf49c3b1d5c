import * as z from 'zod'
import { text } from '../shape.ts'

const languages = [
  'en-US',
  'en-GB',
  'es-US',
  'fr-CA',
  'fr-FR',
  'en-AU',
  'it-IT',
  'de-DE',
  'pt-BR',
  'ja-JP',
  'ko-KR',
  'zh-CN',
  'th-TH',
  'hi-IN',
] as const

const medicalRegions = [
  'us-east-1',
  'us-east-2',
  'us-west-2',
  'ap-southeast-2',
  'ca-central-1',
  'eu-west-1',
  'auto',
] as const
const regions = [
  ...medicalRegions,
  'ap-northeast-1',
  'ap-northeast-2',
  'eu-central-1',
  'eu-west-2',
  'sa-east-1',
  'us-gov-west-1',
] as const

const Transcribe = z
  .object({
    LanguageCode: z.enum(languages).optional(),
    VocabularyFilterMethod: z.enum(['remove', 'mask', 'tag']).optional(),
    VocabularyFilterName: text(1, 200).optional(),
    VocabularyName: text(1, 200).optional(),
    Region: z.enum(regions).optional(),
    EnablePartialResultsStabilization: z.boolean().optional(),
    PartialResultsStability: z.enum(['low', 'medium', 'high']).optional(),
    ContentIdentificationType: z.enum(['PII']).optional(),
    ContentRedactionType: z.enum(['PII']).optional(),
    PiiEntityTypes: text(1, 300, /^[A-Z_, ]+/).optional(),
    LanguageModelName: text(1, 200, /^[0-9a-zA-Z._-]+/).optional(),
    IdentifyLanguage: z.boolean().optional(),
    LanguageOptions: text(1, 200, /^[a-zA-Z-,]+/).optional(),
    PreferredLanguage: z.enum(languages).optional(),
    VocabularyNames: text(1, 3000).optional(),
    VocabularyFilterNames: text(1, 3000).optional(),
  })
  .refine(
    ({ LanguageCode, IdentifyLanguage }) => (LanguageCode === undefined) === (IdentifyLanguage === true),
    'Either LanguageCode or IdentifyLanguage is needed, and not both',
  )

const TranscribeMedical = z.object({
  LanguageCode: z.enum(['en-US']),
  Specialty: z.enum(['PRIMARYCARE', 'CARDIOLOGY', 'NEUROLOGY', 'ONCOLOGY', 'RADIOLOGY', 'UROLOGY']),
  Type: z.enum(['CONVERSATION', 'DICTATION']),
  VocabularyName: text(1, 200).optional(),
  Region: z.enum(medicalRegions).optional(),
  ContentIdentificationType: z.enum(['PHI']).optional(),
})

/** How a meeting is transcribed: by Transcribe or by Transcribe Medical. */
export const TranscriptionConfiguration = z
  .object({
    EngineTranscribeSettings: Transcribe.optional(),
    EngineTranscribeMedicalSettings: TranscribeMedical.optional(),
  })
  .refine(
    ({ EngineTranscribeSettings: one, EngineTranscribeMedicalSettings: other }) => !one !== !other,
    'Exactly one of EngineTranscribeSettings and EngineTranscribeMedicalSettings is needed',
  )
export type TranscriptionConfiguration = z.output<typeof TranscriptionConfiguration>
