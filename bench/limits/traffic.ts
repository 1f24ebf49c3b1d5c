/**
 * The hour that the table must stand: everybody is there, a shift begins, and somebody attacks. Every number is a choice; they
 * are larger than what a day brings and stand here so that they can be argued with.
 */
export const traffic = {
  /** People with an open session at one moment. */
  users: 100_000,
  /** Practices, of which the largest has two of a hundred users. */
  practices: 500,
  largestPractice: 2_000,
  /** Of whom its people see records at that hour. */
  patientsOfPractice: 500,
  /** Seconds between two requests of one user who is at work. */
  secondsBetweenRequests: 10,
  /** What they ask, in parts of a hundred, and of how many patients the answer tells. */
  mix: {
    'appointments.list': { part: 25, tellsOf: 10 },
    'appointments.get': { part: 15, tellsOf: 1 },
    'patients.get': { part: 20, tellsOf: 1 },
    'patients.list': { part: 5, tellsOf: 20 },
    'slots.list': { part: 10, tellsOf: 0 },
    'telehealth.get': { part: 5, tellsOf: 1 },
    'appointments.create': { part: 10, tellsOf: 1 },
    'appointments.complete': { part: 5, tellsOf: 1 },
    'claims.submit': { part: 5, tellsOf: 1 },
  },
  /** The session's deadline moves at most every half minute; whoever works moves it each time. */
  secondsBetweenSlides: 30,
  secondsBetweenRefreshes: 600,
  /** A shift begins: everybody signs in within a quarter of an hour, with a second factor. */
  secondsOfSignIn: 900,
  /** People behind one address: an office. */
  usersOfAddress: 50,
  /** Sign-ins a second that an attacker gets past the web firewall, each at another account that does not exist. */
  attack: 100,
} as const
