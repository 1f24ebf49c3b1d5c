import * as z from 'zod'

/** Where a list goes on: opaque to the client, and good for the same list of the same caller only. */
export const Cursor = z.string().regex(/^[A-Za-z0-9_-]{1,500}$/, 'must be a cursor from an earlier answer')

const limit = z.coerce.number().pipe(z.int().min(1).max(100)).default(25)

/** The query of every list. */
export const paging = { limit, cursor: Cursor.optional() }

/** A page of a list: `next` is absent on the last. */
export const page = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item), next: Cursor.optional() })
