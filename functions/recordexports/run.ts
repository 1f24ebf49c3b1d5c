import { copyOf, disclosureHead, disclosureLine, readme } from '../../shared/domain/recordExports/files.ts'
import { inPieces } from '../../shared/domain/recordExports/pieces.ts'
import { recordOf } from '../../shared/domain/recordExports/record.ts'
import { defineWorker } from '../../shared/kernel/worker.ts'
import { exportFiles } from '../../shared/ports/exportFiles.ts'
import { notices } from '../../shared/ports/notices.ts'
import { recordExportJobs } from '../../shared/ports/recordExports.ts'
import { recordSource } from '../../shared/ports/recordSource.ts'
import { substanceUseOpener } from '../../shared/ports/substanceUseEnvelopes.ts'
import { zipFile } from '../../shared/ports/zipFile.ts'
import { RecordExportMessage } from '../../shared/schema/recordExports.ts'

/** A copy that so many workers began on and none ended is given up: another can be ordered. */
const mostAttempts = 5

/**
 * Writes a copy of a record. It holds a piece of it at a time. A worker that dies leaves an upload that nobody can see and the
 * bucket removes; the next one begins anew, since a record is read in minutes.
 */
export default defineWorker({
  summary: 'Write a copy of a record',
  source: { queue: 'copies' },
  message: RecordExportMessage,
  audit: { action: 'E', entity: 'RecordExport/{exportId}' },
  timeout: 900,
  memory: 1769,
  uses: { exportFiles, notices, recordExportJobs, recordSource, substanceUseOpener, zipFile },

  async handle({ message, exportFiles, notices, recordExportJobs, recordSource, substanceUseOpener, ...more }) {
    const { zipFile, now, newId, about, commit, count } = more
    const { patientId, audience, exportId } = message
    about({ patientId, exportId })
    let job = await recordExportJobs.take(patientId, audience, exportId)
    if (!job) return
    if (job.attempts > mostAttempts) {
      await commit(recordExportJobs.failed(job))
      count('RecordExportsFailed', 1)
      return
    }
    const { key, type } = copyOf(job)
    const open = substanceUseOpener.open
    const record = recordOf({ patientId, audience, now }, recordSource, open, async (done, resources) => {
      if (job) job = await recordExportJobs.advance(job, { sections: { ...job.sections, done }, resources })
    })
    const order = job
    async function* files() {
      yield { name: 'README.txt', text: once(readme(order)) }
      yield { name: 'bundle.json', text: record.bundle() }
      yield { name: 'disclosures.csv', text: record.disclosures(disclosureHead(), disclosureLine) }
      yield { name: 'account.json', text: record.account() }
    }
    const uploadId = await exportFiles.begin(key, type)
    const etags: string[] = []
    let bytes = 0
    for await (const piece of inPieces(zipFile.pack(files(), now))) {
      etags.push(await exportFiles.part(key, uploadId, etags.length + 1, piece))
      bytes += piece.length
    }
    await exportFiles.complete(key, uploadId, etags)
    const accounts = await recordSource.users.ofPatient(patientId)
    await commit(
      recordExportJobs.done(job, bytes),
      ...accounts.slice(0, 10).map(user => notices.tell(newId('ntc'), user, 'record-export-ready')),
    )
    count('RecordExports', 1)
  },
})

async function* once(text: string) {
  yield text
}
