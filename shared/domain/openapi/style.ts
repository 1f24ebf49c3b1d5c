import { Html } from './html.ts'

/** The page's own look: the reader's colours and fonts, and a column that can be read. */
export const style = new Html(`
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 0 auto; padding: 1rem }
nav a { margin-right: .75rem }
header p { white-space: pre-line }
code, pre { font: 14px/1.5 ui-monospace, monospace }
pre { overflow-x: auto; padding: .75rem; border: 1px solid #8888 }
details { border-bottom: 1px solid #8884; padding: .4rem 0 }
details:target { outline: 2px solid #48f8 }
summary { cursor: pointer }
summary b { display: inline-block; min-width: 4rem }
.get { color: #1a7f37 } .post { color: #0969da } .put, .patch { color: #9a6700 } .delete { color: #cf222e }
h2 { text-transform: capitalize }
h3 { margin: 1rem 0 .25rem; font-size: 1rem }
ul { margin: 0; padding-left: 1.25rem }
li { overflow-wrap: anywhere }
small, i { opacity: .75 }
`)
