import { existsSync, type FSWatcher, readdirSync, watch } from 'node:fs'
import { join } from 'node:path'

/**
 * Calls back with the path of each file that changes under a folder, folders made later included. Every folder has a watch
 * of its own: Node's recursive one loses a file that an editor replaces instead of writing.
 */
export function watchTree(root: string, changed: (path: string) => void): () => void {
  const watchers = new Map<string, FSWatcher>()
  if (existsSync(root)) add(root)
  return () => {
    for (const watcher of watchers.values()) watcher.close()
  }

  function add(folder: string) {
    if (watchers.has(folder)) return
    const watcher = watch(folder, (_, name) => {
      const path = name && join(folder, name)
      if (!path) return
      if (isFolder(path)) for (const file of add(path) ?? []) changed(file)
      else changed(path)
    })
    watcher.on('error', () => {
      watcher.close()
      watchers.delete(folder)
    })
    watchers.set(folder, watcher)
    const files: string[] = []
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) files.push(...(add(path) ?? []))
      else files.push(path)
    }
    return files
  }
}

function isFolder(path: string): boolean {
  try {
    readdirSync(path)
    return true
  } catch {
    return false
  }
}
