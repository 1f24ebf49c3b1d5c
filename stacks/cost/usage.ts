/** What people do in a month. Every number is a choice, and stands here so that it can be argued with. */
export const usage = {
  /** Hours of a month in which everybody is at work: eight on each of 22 days. */
  busyHours: 176,
  /** Seconds between two requests of one who is at work. */
  secondsBetweenRequests: 10,
  /** What they ask, in parts of a hundred, by the names of the benchmark's table. */
  mix: {
    "appointments.list (a practitioner's)": 25,
    'appointments.get': 15,
    'patients.get': 20,
    'patients.list': 5,
    'slots.list': 10,
    'telehealth.get': 5,
    'appointments.create': 10,
    'appointments.complete': 5,
    'claims.submit': 5,
  } as Record<string, number>,
  /** A day's work begins with both factors. */
  daysAMonth: 22,
  signIn: ['auth.login', 'mfa.verify'],
  /** Bytes of an answer with its headers, and of what a request leaves in the logs of function, API and edge. */
  bytesOut: 2_000,
  bytesLogged: 1_400,
  /** Milliseconds of one round trip to the table. */
  roundTripMs: 5,
  /** Milliseconds of CPU of one Get, at a whole CPU: the unit of the benchmark's table. */
  getMs: 2.89,
  /** Bytes that a busy user's requests leave in the table each month, audit records above all: 1 KB a request. */
  bytesStored: 1_000,
  /** Minutes for which a function's environment keeps what it was told of keys and secrets. */
  minutesKept: 5,
} as const
