/** Manifests right and wrong, and other files that commands are pointed to; the same in both homes. */
export const FILES: Readonly<Record<string, string>> = {
  'story.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}, annotations: {note: first}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: nginx, image: "nginx:1.27", ports: [{containerPort: 80}]}]
---
apiVersion: v1
kind: Service
metadata: {name: web, labels: {app: web}}
spec: {selector: {app: web}, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {color: blue}
---
apiVersion: v1
kind: Secret
metadata: {name: creds}
stringData: {user: admin}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: robot-reads}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: User, name: bob, apiGroup: rbac.authorization.k8s.io}]
`,
  'service.yaml': `apiVersion: v1
kind: Service
metadata:
  name: fresh
spec:
  selector:
    app: web
  ports:
  - port: 80
`,
  'pod.yaml': `apiVersion: v1
kind: Pod
metadata: {name: fresh, labels: {app: fresh}}
spec:
  containers:
  - name: c
    image: busybox:1.37
    command: [sleep, "1000"]
`,
  'deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: fresh
spec:
  replicas: 2
  selector: {matchLabels: {app: fresh}}
  template:
    metadata: {labels: {app: fresh}}
    spec:
      containers: [{name: nginx, image: "nginx:1.27"}]
`,
  'list.yaml': `apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: one}, data: {a: b}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: two}}
`,
  'many.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: one}
---
# nothing here
---
apiVersion: v1
kind: Service
metadata: {name: two}
spec: {ports: [{port: 99999}, {port: 80, name: a}]}
---
apiVersion: v1
kind: Secret
metadata: {name: three}
stringData: {a: b}
`,
  'web-changed.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  replicas: 4
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, extra: "yes"}}
    spec:
      containers:
      - {name: nginx, image: "nginx:1.28", ports: [{containerPort: 81}]}
      - {name: helper, image: "busybox:1.37"}
`,
  'web-service-changed.yaml': `apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: NodePort, selector: {app: web, tier: front}, ports: [{name: http, port: 81, targetPort: http}, {name: https, port: 443}]}
`,
  'settings-changed.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {color: red, new: value}
`,
  'immutable.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: other}}
  template: {metadata: {labels: {app: other}}, spec: {containers: [{name: nginx, image: nginx}]}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: locked, namespace: shop}
immutable: true
data: {k: changed}
`,
  'bad.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n spec: {}\n',
  'tabs.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: x\n',
  'unknown-field.yaml': `apiVersion: v1
kind: Service
metadata: {name: x, lables: {a: b}}
spec: {ports: [{prot: 80, port: 80}], foo: bar}
`,
  'duplicate-key.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  a: b\n  a: c\n',
  'no-kind.yaml': 'apiVersion: v1\nmetadata: {name: x}\n',
  'no-name.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n',
  'wrong-type.yaml': `apiVersion: v1
kind: Service
metadata: {name: x}
spec: {ports: {port: 80}, selector: [a]}
`,
  'wrong-version.yaml': 'apiVersion: apps/v9\nkind: Deployment\nmetadata: {name: x}\n',
  'unknown-kind.yaml': 'apiVersion: v1\nkind: Foo\nmetadata: {name: x}\n',
  'number-name.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 12}\ndata: {a: 1, b: true}\n',
  'scalar.yaml': 'just text\n',
  'array.yaml': '- a\n- b\n',
  'null.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, labels: null, annotations: {a: null}}\ndata: null\n',
  'anchors.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, labels: &l {a: "1", b: y}, annotations: *l}\ndata: {<<: *l, c: "on"}\n',
  'object.json': '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "j"}, "data": {"a": "b"}}\n',
  'broken.json': '{"apiVersion": "v1", "kind": "ConfigMap", \n',
  'trailing.json': '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "j"},}\n',
  'odd.json': '{"apiVersion": v1}\n',
  'namespace.json': '{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}\n',
  'empty.txt': '',
  'env.txt': '# comment\nA=1\nB=two words\n\nC=\n',
  'bad-env.txt': 'A B=1\n',
  'path.txt': '{.metadata.name}',
  'template.txt': '{{.kind}} {{.metadata.name}}\n',
  'columns.txt': 'NAME          KIND\nmetadata.name kind\n',
  'roles.yaml': `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules: [{apiGroups: [""], resources: [pods, secrets], verbs: [get, list]}, {apiGroups: [apps], resources: ["*"], verbs: ["*"]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: robot-reads, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: User, name: alice, apiGroup: rbac.authorization.k8s.io}, {kind: ServiceAccount, name: robot, namespace: shop}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: fresh}
rules: [{nonResourceURLs: [/healthz], verbs: [get]}]
`,
  'patch.yaml': 'spec:\n  type: NodePort\n',
  'folder/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n',
  'folder/b.json': '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "b"}}',
  'folder/c.txt': 'not read',
  'folder/deeper/d.yml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: d}\n',
}
