# The same by other commands: long names, apply, run, patch instead of the editor.
kubectl get componentstatuses
grep selector service.yaml
kubectl apply -f deployment.yaml
kubectl wait --for=condition=Available deployment/nginx --timeout=60s
kubectl get pods -owide
kubectl apply -f service.yaml
kubectl run client --image=busybox:1.37 --restart=Never --command -- sleep 36000
kubectl wait --for=condition=Ready pod/client
kubectl exec client -- sh -c 'hostname'
kubectl exec client -- sh -c 'wget -qO- http://$NGINX_SERVICE_HOST:80/ ; wget -qO- http://nginx:80/; wget -qO- nginx.default.svc.cluster.local; printenv'
sed -i 's/^spec:/spec:\n  type: LoadBalancer/' service.yaml
kubectl apply -f service.yaml
sleep 5
kubectl delete pod -l run=nginx
kubectl rollout status deployment/nginx
sleep 3
