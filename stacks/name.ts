/** The name of a function in an account, and of its role: `haven-dev-claims-submit`. */
export const functionName = (stage: string, id: string): string => `haven-${stage}-${id.replace('.', '-')}`
