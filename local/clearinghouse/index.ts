export { startClearinghouse } from './server.ts'
