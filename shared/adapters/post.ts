import { codePurposeOf, letterOf, linkOf, textOf } from '../domain/notices/letters.ts'
import type { Binding } from '../kernel/port.ts'
import { setting } from '../kernel/setting.ts'
import type { Notice } from '../schema/notices.ts'
import { links } from './links.ts'
import { type Sent, sendMail } from './mail.ts'
import { sendText } from './sms.ts'

/**
 * Brings a notice to whom it is for. Its link or code is made here, at the last moment, from its ticket's id: until then it
 * stands nowhere. A link carries its token behind `#`, which no server's log and no Referer ever sees.
 */
export const post = (binding: Binding) => ({
  async send(notice: Notice): Promise<Sent> {
    const { kind, to, ticketId } = notice
    if ('phone' in to) {
      const purpose = codePurposeOf(kind)
      const code = purpose && ticketId && (await links().code(purpose, ticketId))
      return sendText(to.phone, textOf(kind, code), binding)
    }
    const link = linkOf(kind)
    const url =
      link && ticketId && `${setting('origin')}${link.path}#token=${await links().token(link.purpose, ticketId)}`
    return sendMail(to.email, letterOf(notice, url), binding)
  },
})
