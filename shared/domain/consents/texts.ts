import type { ConsentPurpose, ConsentText } from '../../schema/consents.ts'

type Words = readonly [title: string, ...paragraphs: string[]]

/** The words that a practice begins with, until it publishes its own: a lawyer of the practice should read them. */
const words: Record<ConsentPurpose, { en: Words; es: Words }> = {
  treatment: {
    en: [
      'Consent to treatment',
      'I agree to be assessed and treated by this practice. I may ask questions, refuse any part of it, and stop at any time.',
    ],
    es: [
      'Consentimiento para el tratamiento',
      'Acepto que esta consulta me evalúe y me trate. Puedo hacer preguntas, rechazar cualquier parte y dejarlo en cualquier momento.',
    ],
  },
  telehealth: {
    en: [
      'Consent to telehealth',
      'I agree to be seen by video. A call can fail, somebody near me may overhear it, and not everything can be treated this way.',
      'I may ask for a visit in person instead. I can withdraw this consent at any time; from then on no call lets me in.',
    ],
    es: [
      'Consentimiento para la telesalud',
      'Acepto que me atiendan por video. Una llamada puede fallar, alguien cerca puede oírla, y no todo se puede tratar así.',
      'Puedo pedir una visita en persona. Puedo retirar este consentimiento en cualquier momento; desde entonces ninguna llamada me admite.',
    ],
  },
  recording: {
    en: [
      'Consent to recording',
      'I agree that my calls may be recorded and written down for my record. Without this consent nothing is recorded, and my care is the same.',
      'I can withdraw it at any time, also during a call.',
    ],
    es: [
      'Consentimiento para la grabación',
      'Acepto que mis llamadas se graben y se transcriban para mi expediente. Sin este consentimiento no se graba nada, y mi atención es la misma.',
      'Puedo retirarlo en cualquier momento, también durante una llamada.',
    ],
  },
  'part2-disclosure': {
    en: [
      'Consent to disclose substance-use treatment records',
      'Federal law (42 CFR part 2) protects these records. I agree that the information named here may be given to those named here, for the purpose named here.',
      'I can revoke this consent at any time, in the portal or by telling the practice. What was done on the strength of it before stays done. It ends by itself at the moment or with the event named here.',
      'My treatment does not depend on it, unless the law says so.',
    ],
    es: [
      'Consentimiento para divulgar registros de tratamiento por consumo de sustancias',
      'La ley federal (42 CFR parte 2) protege estos registros. Acepto que la información indicada aquí se entregue a quienes se indican aquí, para el fin indicado aquí.',
      'Puedo revocar este consentimiento en cualquier momento, en el portal o avisando a la consulta. Lo que ya se hizo con él queda hecho. Termina por sí mismo en el momento o con el hecho indicados aquí.',
      'Mi tratamiento no depende de ello, salvo que la ley lo disponga.',
    ],
  },
  'portal-messages': {
    en: [
      'Consent to messages',
      'I agree that the practice writes to me about my visits and my bills by e-mail or text message. Others may read what is on my telephone.',
      'Messages about the safety of my account come to me in any case.',
    ],
    es: [
      'Consentimiento para los mensajes',
      'Acepto que la consulta me escriba sobre mis visitas y mis facturas por correo electrónico o mensaje de texto. Otras personas pueden leer lo que hay en mi teléfono.',
      'Los mensajes sobre la seguridad de mi cuenta me llegan en todo caso.',
    ],
  },
}

/** The first version of every text, in the languages that it has. */
export const firstTexts: readonly ConsentText[] = Object.entries(words).map(([purpose, translations]) => ({
  purpose: purpose as ConsentPurpose,
  version: 1,
  translations: Object.entries(translations).map(([language, [title, ...paragraphs]]) => ({
    language,
    title,
    paragraphs,
  })),
  reconsent: false,
}))
