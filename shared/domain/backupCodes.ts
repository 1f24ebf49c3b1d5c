import { createHash } from 'node:crypto'

/** Backup codes that are given out at once (NIST SP 800-63B-4 §3.1.2). */
export const backupCodeCount = 10

/** What is kept of a backup code: with 125 random bits, a plain hash cannot be guessed from (NIST SP 800-63B-4 §3.1.2.2). */
export const backupHash = (code: string): string => createHash('sha256').update(code).digest('base64url')

/** A set of new backup codes: each as its user sees it, and as it is kept. */
export const newBackupCodes = (newText: (length: number) => string): { shown: string; codeHash: string }[] =>
  Array.from({ length: backupCodeCount }, () => {
    const code = newText(25)
    return { shown: code.replace(/(.{5})(?=.)/g, '$1-'), codeHash: backupHash(code) }
  })
