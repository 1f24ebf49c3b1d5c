export { type ClaimStatus, read277CA, type StatusBatch, type StatusOutcome } from './acknowledgements/277ca.ts'
export { type FunctionalAcknowledgement, read999, type SetAcknowledgement } from './acknowledgements/999.ts'
export { type InterchangeAcknowledgement, readTA1 } from './acknowledgements/ta1.ts'
