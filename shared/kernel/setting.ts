import { type SettingName, settingVariable } from './port.ts'

/** What the deployment says, such as the portal's origin: never what a request says. */
export function setting(name: SettingName): string {
  const value = process.env[settingVariable(name)]
  if (!value) throw new Error(`${settingVariable(name)} is not set`)
  return value
}
